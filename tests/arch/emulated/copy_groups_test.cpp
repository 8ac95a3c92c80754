// SPDX-License-Identifier: Apache-2.0
/// @file copy_groups: oldest first, none before it is waited for.
#include <deepseek/arch/emulated/copy_groups.hpp>

#include <doctest/doctest.h>

#include <string>

using deepseek::arch::emulated::copy_groups;
using deepseek::arch::emulated::started_copy;

TEST_CASE("copy_groups: bytes move at the wait, those that are not valid become zero") {
  char from[] = "abcdefgh";
  char to[] = "--------";
  copy_groups copies;
  copies.start({to, from, 2, 2});
  copies.start({to + 2, from + 2, 2, 1});
  copies.commit();
  copies.start({to + 4, from + 4, 2, 2});
  copies.commit();
  copies.start({to + 6, from + 6, 2, 2});
  std::string ended;
  auto const note = [&](started_copy const& c) { ended += static_cast<char>('0' + (c.to - to)); };
  copies.wait(2, note);
  CHECK(std::string{to, 8} == "--------");
  copies.wait(1, note);
  CHECK(std::string{to, 8} == std::string{"abc\0----", 8});
  CHECK(ended == "02");
  from[4] = 'E';
  copies.wait(0, note);
  CHECK(std::string{to, 8} == std::string{"abc\0Ef--", 8});  // the last is in no group
  CHECK(ended == "024");
}
