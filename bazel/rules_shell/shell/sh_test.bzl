"""Stand-in for rules_shell: the rule that Bazel 4 has built in, under the name of the real file."""

sh_test = native.sh_test
