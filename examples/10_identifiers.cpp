// Who is this? Identifiers of visits and orders, limits that protect against wrong merges, a merge
// undone, and the sessions of a shared device.

#include <chrono>
#include <iostream>
#include <vector>

#include "emptor/identity/identifier_graph.hpp"
#include "emptor/identity/session.hpp"

namespace {

void arrive(emptor::IdentifierGraph& graph, std::vector<emptor::IdentifierValue> identifiers) {
  const emptor::Time noon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 14}};
  const emptor::Resolution who = graph.resolve(identifiers, noon);
  std::cout << "customer " << emptor::index(who.customer)
            << (who.outcome == emptor::ResolveOutcome::made     ? ", new"
                : who.outcome == emptor::ResolveOutcome::merged ? ", merged"
                                                                : "");
  for (const emptor::DroppedIdentifier& dropped : who.dropped) {
    std::cout << "; without " << identifiers[dropped.place].value << ": " << name(dropped.reason);
  }
  std::cout << "\n";
}

}  // namespace

int main() {
  emptor::IdentifierGraph graph;  // one user_id ever, five of anything else in a while
  const emptor::IdentifierType user = *graph.type("user_id"), email = *graph.type("email"),
                               cookie = *graph.type("anonymous_id");
  arrive(graph, {{cookie, "c-1"}});
  arrive(graph, {{email, "jane@example.org"}, {user, "u-1"}});
  arrive(graph, {{email, "jane@example.org"}, {cookie, "c-1"}});
  arrive(graph, {{email, "jane@example.org"}, {user, "u-2"}});  // her husband's account
  arrive(graph, {{cookie, "0000-0000"}, {user, "u-2"}});

  const emptor::MergeEvent merge = graph.log().events().front();
  std::cout << "undone: " << merge.reason << "\n";
  if (!graph.unmerge(merge.id, merge.time, "the cookie was of a library's computer")) return 1;
  arrive(graph, {{email, "jane@example.org"}, {cookie, "c-1"}});

  emptor::DeviceLog device;
  const emptor::Device tablet{0};
  const auto minute = [](int m) { return emptor::Time{std::chrono::minutes{m}}; };
  device.activity(tablet, minute(0));
  device.login(tablet, emptor::Customer{1}, minute(2));
  device.logout(tablet, minute(9));
  device.activity(tablet, minute(50));
  device.login(tablet, emptor::Customer{2}, minute(51));
  for (const emptor::DeviceSession& session : device.sessions()) {
    std::cout << "a session of customer " << emptor::index(session.user) << ": " << session.events
              << " events, " << session.reattributed << " from before the login\n";
  }
}
