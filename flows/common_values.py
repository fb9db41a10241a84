"""Values that are in every record, so that masking them would black it out and show by its gaps what the secret is."""

from typing import Final

_WORDS = """
accept access account action active amount answer application application/json authorization basic bearer boolean
bucket catalog changeme charset checkout client config connection consumer content content-type cookie count create
created currency customer database default delete deleted demo123 description development disabled document enabled
encoding environment example example.com failed filter format gateway guest123 header headers health http:// https://
integer internal invalid keep-alive letmein localhost localhost:5432 localhost:6379 localhost:8000 localhost:8080
localhost:9092 location login logout master message messages method missing mysql:// number object offset options
order orders partition passed passwd password password1 password123 patch payload payment payments pending postgres
postgresql postgresql:// primary private product production products producer public qwerty rabbitmq reader redis://
refund refused region request response result running secret secret123 select server service session staging standard
started status stepwell string success system target test123 test1234 testing text/html text/plain timeout timestamp
token tokens topics unicode unknown update updated user123 username value values version welcome workers workspace
writer 123456 1234567 12345678 123456789 1234567890 0123456789 127.0.0.1 127.0.0.1:5432 127.0.0.1:6379 abcdef abc123
"""
COMMON: Final = frozenset(_WORDS.split())
