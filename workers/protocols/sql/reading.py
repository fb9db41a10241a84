"""Whether a statement certainly only reads: it then runs READ ONLY, and may be repeated."""

from workers.protocols.sql.tokens import tokens


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OPENERS = _words("select with values table show")
# A word of these and the statement may write, lock, or create.
_NOT_IN_A_READ = _words(
    """
    insert update delete merge into for lock call copy do set create alter drop truncate grant vacuum execute prepare
    listen notify attach pragma begin commit
    """
)
# What may stand before a parenthesis: syntax, types with a length, and functions without side effects.
_SYNTAX = _words(
    """
    in and or not exists values as any all some over filter using on where select from join lateral case when then
    else union except intersect limit offset by having with materialized array row cast between like ilike is distinct
    group partition rollup cube sets within end numeric decimal varchar char character varying timestamp timestamptz
    time bit float fetch
    """
)
_FUNCTIONS = _words(
    """
    count sum avg min max total bool_and bool_or every string_agg group_concat array_agg json_agg jsonb_agg
    json_object_agg jsonb_object_agg percentile_cont percentile_disc
    row_number rank dense_rank percent_rank ntile lag lead first_value last_value nth_value
    coalesce nullif ifnull iif greatest least typeof quote
    lower upper initcap length char_length octet_length trim ltrim rtrim btrim substring substr replace position strpos
    instr split_part left right lpad rpad repeat reverse concat concat_ws format md5 hex
    abs ceil ceiling floor round trunc mod power sqrt sign random
    now current_date current_time current_timestamp clock_timestamp statement_timestamp date datetime julianday strftime
    unixepoch extract date_part date_trunc age to_char to_date to_timestamp to_number make_date make_interval
    json_build_object jsonb_build_object json_build_array jsonb_build_array to_json to_jsonb row_to_json json_extract
    json_array_length jsonb_array_length json_array_elements jsonb_array_elements jsonb_array_elements_text jsonb_each
    jsonb_object_keys json_typeof jsonb_typeof jsonb_path_query jsonb_path_exists jsonb_extract_path
    jsonb_extract_path_text
    array_length cardinality array_position array_to_string string_to_array unnest generate_series
    version current_database current_schema current_user
    """
)


def certainly_reads(query: str) -> bool:
    """Conservative: any doubt is a no."""
    code = [token for token in tokens(query) if token.kind not in ("space", "comment")]
    if code and code[-1].text == ";":
        code.pop()
    words = [token.text.lower() for token in code]
    if not code or code[0].kind != "word" or words[0] not in _OPENERS or ";" in words:
        return False
    if any(token.kind == "word" and word in _NOT_IN_A_READ for token, word in zip(code, words, strict=True)):
        return False
    return all(
        words[place - 1] in _SYNTAX | _FUNCTIONS
        for place, word in enumerate(words)
        if word == "(" and code[place - 1].kind in ("word", "quoted")
    )
