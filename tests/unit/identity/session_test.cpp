#include "emptor/identity/session.hpp"

#include <chrono>
#include <vector>

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

namespace emptor {
namespace {

constexpr Device tablet{7};
constexpr Customer ann{1}, ben{2};

Time at(int minute) {
  return Time{std::chrono::minutes{minute}};
}

std::vector<Customer> users(const DeviceLog& log) {
  std::vector<Customer> out;
  for (const EventOwner& owner : log.owners()) out.push_back(owner.user);
  return out;
}

}  // namespace

TEST_CASE("Sessions end after the gap, at midnight, with another campaign") {
  const auto count = [](const SessionOptions& options) {
    DeviceLog log(options);
    log.activity(tablet, at(0), Channel{1});
    log.activity(tablet, at(29));
    log.activity(tablet, at(59));  // 30 minutes later
    log.activity(tablet, at(60), Channel{1});
    log.activity(tablet, at(61), Channel{2});
    log.activity(tablet, at(1439 + 60));
    log.activity(tablet, at(1441 + 60));
    return log.sessions().size();
  };
  CHECK(count({}) == 3);
  CHECK(count({.gap = std::chrono::hours{48}}) == 1);
  CHECK(count({.gap = std::chrono::hours{48}, .new_day = true}) == 2);
  CHECK(count({.new_day = true, .offset = std::chrono::minutes{-60}}) == 5);
  CHECK(count({.gap = std::chrono::hours{48}, .new_campaign = true}) == 2);
}

TEST_CASE("The first login makes the anonymous history the user's, as far as the lookback goes") {
  DeviceLog log({.lookback = std::chrono::hours{24}});
  log.activity(tablet, at(-24 * 60 - 1));
  log.activity(tablet, at(-24 * 60));
  log.activity(tablet, at(-5));
  CHECK(users(log) == std::vector<Customer>(3, no_customer));
  log.login(tablet, ann, at(0));
  log.activity(tablet, at(1));
  CHECK(users(log) == std::vector<Customer>{no_customer, ann, ann, ann, ann});
  CHECK(log.owners()[0] == EventOwner{no_customer, 0});
  CHECK(log.owners()[1] == EventOwner{ann, 0});
  CHECK(log.owners()[4] == EventOwner{ann, std::nullopt});
  const auto sessions = log.sessions(tablet);
  REQUIRE(sessions.size() == 3);
  CHECK(sessions[0].user == no_customer);
  CHECK(sessions[2] == DeviceSession{tablet, ann, 0, at(-5), at(1), 3, 1, 2, no_id<Channel>});
  CHECK(log.sessions(Device{8}).empty());
}

TEST_CASE("On a shared device nobody gets another's history") {
  DeviceLog log;
  log.activity(tablet, at(0));  // ann's
  log.login(tablet, ann, at(1));
  log.activity(tablet, at(2));
  log.login(tablet, ben, at(3));  // without a logout: ben begins anew
  log.activity(tablet, at(4));
  log.logout(tablet, at(5));
  log.activity(tablet, at(6));  // before ann comes: hers
  log.login(tablet, ann, at(7));
  log.logout(tablet, at(8));
  log.activity(tablet, at(9));  // somebody
  log.logout(tablet, at(10));   // nobody was signed in
  CHECK(users(log) == std::vector<Customer>{ann, ann, ann, ben, ben, ben, ann, ann, ann,
                                            no_customer, no_customer});
  CHECK(log.owners()[9].visitor == 9U);
  CHECK(log.owners()[10].visitor == 9U);
  CHECK(log.sessions().size() == 4);
}

TEST_CASE("Events that come late change what came before") {
  DeviceLog log;
  log.activity(tablet, at(0));
  log.activity(tablet, at(40));
  CHECK(log.sessions().size() == 2);
  log.activity(tablet, at(20));
  CHECK(log.sessions().size() == 1);
  log.login(tablet, ann, at(30));
  CHECK(users(log) == std::vector<Customer>(4, ann));
  log.logout(tablet, at(31));
  CHECK(users(log) == std::vector<Customer>{ann, no_customer, ann, ann, ann});
}

TEST_CASE("Wrong events and options are refused") {
  DeviceLog log;
  CHECK(log.sessions().empty());
  CHECK_THROWS_AS(log.login(tablet, no_customer, at(0)), Exception);
  CHECK_THROWS_AS(log.append({tablet, ann, at(0), no_id<Channel>, DeviceEventKind::activity}),
                  Exception);
  CHECK_THROWS_AS(log.activity(tablet, Time::max()), Exception);
  CHECK_THROWS_AS(DeviceLog({.gap = std::chrono::seconds{0}}), Exception);
  CHECK_THROWS_AS(DeviceLog({.lookback = std::chrono::seconds{-1}}), Exception);
  CHECK_THROWS_AS(DeviceLog({.offset = UtcOffset{60 * 19}}), Exception);
  CHECK(log.events().empty());
}

}  // namespace emptor
