"""Build settings: a flag on the command line whose value a rule can read."""

FlagInfo = provider(fields = ["value"])

def _flag(ctx):
    return FlagInfo(value = ctx.build_setting_value)

bool_flag = rule(implementation = _flag, build_setting = config.bool(flag = True))
string_flag = rule(implementation = _flag, build_setting = config.string(flag = True))
string_list_flag = rule(implementation = _flag, build_setting = config.string_list(flag = True))
