"""The certificates of the HTTPS listener, made afresh at every start: a good one, and one for each way to be wrong."""

import datetime as dt
import ssl
import tempfile
from collections.abc import Sequence
from ipaddress import IPv4Address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from examples.shop.faults.board import Faults

DAY: Final = dt.timedelta(days=1)
_HERE: Final = (x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1")))
_ELSEWHERE: Final = (x509.DNSName("elsewhere.invalid"),)


class Certificates:
    """`authority` is the file that a client must trust; it is there as long as its folder."""

    def __init__(self, folder: Path, faults: Faults) -> None:
        self._faults = faults
        self.authority = folder / "shop-ca.pem"
        known, stranger = _Authority("demo shop authority"), _Authority("somebody unknown")
        folder.mkdir(parents=True, exist_ok=True)
        self.authority.write_bytes(known.certificate.public_bytes(serialization.Encoding.PEM))
        self._good = known.context(_HERE)
        self._wrong = {
            "expire": known.context(_HERE, ended=True),
            "wrong_host": known.context(_ELSEWHERE),
            "untrusted": stranger.context(_HERE),
        }

    def context(self) -> ssl.SSLContext:
        """For one handshake: the good one, unless the fault panel wants another."""
        for fault in self._faults.struck("certificate"):
            return self._wrong[fault.kind]
        return self._good


class _Authority:
    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = (
            _builder(self._name, self._name, self._key.public_key(), ended=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def context(self, names: Sequence[x509.GeneralName], *, ended: bool = False) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "demo shop")])
        signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        certificate = (
            _builder(subject, self._name, key.public_key(), ended=ended)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(signer, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile() as file:  # ssl reads keys from files only
            file.write(private + certificate.public_bytes(serialization.Encoding.PEM))
            file.flush()
            context.load_cert_chain(file.name)
        return context


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, ended: bool
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 30 * DAY)
        .not_valid_after(now - DAY if ended else now + 365 * DAY)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
