"""Whether a statement certainly only reads (docs/decisions: it then runs READ ONLY, and may be repeated)."""

from workers.protocols.sql.tokens import tokens

_OPENERS = frozenset({"select", "with", "values", "table", "show"})
# A word of these and the statement may write, lock, or create.
_NOT_IN_A_READ = frozenset(
    "insert update delete merge into for lock call copy do set create alter drop truncate grant vacuum execute prepare "
    "listen notify replace attach pragma begin commit".split()
)
# What may stand before a parenthesis: syntax, types with a length, and functions without side effects.
_SYNTAX = frozenset(
    "in and or not exists values as any all some over filter using on where select from join lateral case when then else "
    "union except intersect limit offset by having with materialized array row cast between like ilike is distinct group "
    "partition rollup cube sets within end numeric decimal varchar char character varying timestamp time bit float "
    "timestamptz fetch".split()
)
_FUNCTIONS = frozenset(
    "count sum avg min max bool_and bool_or every string_agg array_agg json_agg jsonb_agg json_object_agg jsonb_object_agg "
    "group_concat total coalesce nullif greatest least ifnull iif lower upper initcap length char_length octet_length trim "
    "ltrim rtrim btrim substring substr replace position strpos instr split_part left right lpad rpad repeat reverse concat "
    "concat_ws format md5 abs ceil ceiling floor round trunc mod power sqrt sign random now current_date current_time "
    "current_timestamp clock_timestamp statement_timestamp date datetime julianday strftime unixepoch extract date_part "
    "date_trunc age to_char to_date to_timestamp to_number make_date make_interval json_build_object jsonb_build_object "
    "json_build_array jsonb_build_array to_json to_jsonb row_to_json json_extract json_array_length jsonb_array_length "
    "jsonb_array_elements json_array_elements jsonb_array_elements_text jsonb_each jsonb_object_keys jsonb_typeof "
    "json_typeof jsonb_path_query jsonb_path_exists jsonb_extract_path jsonb_extract_path_text array_length cardinality "
    "array_position array_to_string string_to_array unnest generate_series row_number rank dense_rank percent_rank ntile "
    "lag lead first_value last_value nth_value percentile_cont percentile_disc version current_database current_schema "
    "current_user typeof hex quote".split()
)


def certainly_reads(query: str) -> bool:
    """Conservative: any doubt is a no."""
    previous = ""
    ended = False
    first = True
    for token in tokens(query):
        if token.kind in ("space", "comment"):
            continue
        word = token.text.lower()
        if ended:
            return False  # a second statement
        if first:
            if token.kind != "word" or word not in _OPENERS:
                return False
            first = False
        if token.kind == "word" and word in _NOT_IN_A_READ and not (word == "replace"):
            return False
        if word == "(" and previous and previous not in _SYNTAX and previous not in _FUNCTIONS:
            return False
        ended = word == ";"
        previous = word if token.kind in ("word", "quoted") else ""
    return not first
