// SPDX-License-Identifier: Apache-2.0
/// @file What a compiler takes with nothing to do; the measure for softmax.cpp.
int main() {}
