// Saving and loading: the facts in a canonical order, told again by the loader.

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/referral/fraud.hpp"

namespace emptor {

namespace {

constexpr std::string_view archive_kind = "fraud-monitor";

void put_options(SectionWriter& section, const FraudOptions& options) {
  const FraudLimits& limits = options.limits;
  section.put(std::int64_t{limits.age_grace.count()});
  section.put(limits.longest_ring);
  section.put(limits.siblings);
  section.put(limits.public_key_holders);
  section.put(limits.velocity_days);
  section.put(limits.velocity_claims);
  section.put(limits.burst_claims);
  section.put(std::int64_t{limits.burst_window.count()});
  section.put(limits.star_accounts);
  section.put(limits.star_share);
  section.put(limits.threshold_band);
  section.put(limits.refund_orders);
  section.put(limits.refund_share);
  section.put(limits.coupon_accounts);
  section.put(limits.reward_share);
  section.put(limits.reward_minimum);
  const FraudPolicy& policy = options.policy;
  section.put(policy.weights.prior);
  for (const std::int32_t weight : policy.weights.weight) section.put(weight);
  for (const FraudRule rule : policy.rules) section.put(rule);
  section.put(policy.review_from);
  section.put(policy.block_from);
  section.put(static_cast<std::int32_t>(options.offset.count()));
}

FraudOptions get_options(SectionReader& section) {
  FraudOptions options;
  FraudLimits& limits = options.limits;
  limits.age_grace = std::chrono::seconds{section.get<std::int64_t>()};
  limits.longest_ring = section.get<std::uint32_t>();
  limits.siblings = section.get<std::uint32_t>();
  limits.public_key_holders = section.get<std::uint32_t>();
  limits.velocity_days = section.get<std::uint32_t>();
  limits.velocity_claims = section.get<std::uint32_t>();
  limits.burst_claims = section.get<std::uint32_t>();
  limits.burst_window = std::chrono::seconds{section.get<std::int64_t>()};
  limits.star_accounts = section.get<std::uint32_t>();
  limits.star_share = section.get<std::uint32_t>();
  limits.threshold_band = section.get<std::uint32_t>();
  limits.refund_orders = section.get<std::uint32_t>();
  limits.refund_share = section.get<std::uint32_t>();
  limits.coupon_accounts = section.get<std::uint32_t>();
  limits.reward_share = section.get<std::uint32_t>();
  limits.reward_minimum = section.get<std::int64_t>();
  FraudPolicy& policy = options.policy;
  policy.weights.prior = section.get<std::int32_t>();
  for (std::int32_t& weight : policy.weights.weight) weight = section.get<std::int32_t>();
  for (FraudRule& rule : policy.rules) rule = section.get_enum(FraudRule::block);
  policy.review_from = section.get<std::int32_t>();
  policy.block_from = section.get<std::int32_t>();
  options.offset = UtcOffset{section.get<std::int32_t>()};
  return options;
}

/// `size` numbers in ascending order of `less(a, b)`.
template <class Less>
std::vector<std::uint32_t> in_order(std::size_t size, const Less& less) {
  std::vector<std::uint32_t> order(size);
  for (std::size_t i = 0; i < size; ++i) order[i] = static_cast<std::uint32_t>(i);
  std::sort(order.begin(), order.end(), less);
  return order;
}

template <class T>
std::vector<T> column(SectionReader& section, std::size_t rows) {
  std::vector<T> values = section.get_array<T>();
  section.require(values.size() == rows, "columns of different lengths");
  return section.ok() ? values : std::vector<T>(rows);
}

}  // namespace

std::vector<std::byte> FraudMonitor::save() const {
  ArchiveWriter writer(archive_kind, 1);
  put_options(writer.section("options"), options_);

  const auto put_columns = [](SectionWriter& section, const std::vector<std::uint32_t>& order,
                              const auto&... columns) {
    const auto put = [&](const auto& column) {
      std::vector<std::decay_t<decltype(column(0U))>> values;
      values.reserve(order.size());
      for (const std::uint32_t at : order) values.push_back(column(at));
      section.put_array(values);
    };
    (put(columns), ...);
  };
  std::vector<std::uint32_t> all(nodes_.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint32_t>(i);
  put_columns(
      writer.section("customers"), all, [&](std::uint32_t c) { return nodes_[c].signed_up; },
      [&](std::uint32_t c) { return nodes_[c].block_told; },
      [&](std::uint32_t c) { return static_cast<std::uint8_t>(nodes_[c].blocked); });
  put_columns(
      writer.section("claims"),
      in_order(claims_.size(),
               [&](std::uint32_t a, std::uint32_t b) {
                 return std::pair(claims_[a].referee, claims_[a].referrer) <
                        std::pair(claims_[b].referee, claims_[b].referrer);
               }),
      [&](std::uint32_t at) { return claims_[at].referee; },
      [&](std::uint32_t at) { return claims_[at].referrer; },
      [&](std::uint32_t at) { return claims_[at].time; });
  const auto holding = [&](std::uint32_t at) {
    const Key& key = keys_[holdings_[at].key];
    return std::tuple(holdings_[at].customer, key.kind, key.value);
  };
  put_columns(
      writer.section("keys"),
      in_order(holdings_.size(),
               [&](std::uint32_t a, std::uint32_t b) { return holding(a) < holding(b); }),
      [&](std::uint32_t at) { return holdings_[at].customer; },
      [&](std::uint32_t at) { return keys_[holdings_[at].key].kind; },
      [&](std::uint32_t at) { return keys_[holdings_[at].key].value; },
      [&](std::uint32_t at) { return holdings_[at].time; });
  std::vector<std::uint32_t> orders(orders_.size());
  for (std::size_t i = 0; i < orders.size(); ++i) orders[i] = static_cast<std::uint32_t>(i);
  put_columns(
      writer.section("orders"), orders, [&](std::uint32_t at) { return orders_[at].customer; },
      [&](std::uint32_t at) { return orders_[at].time; },
      [&](std::uint32_t at) { return orders_[at].amount; },
      [&](std::uint32_t at) { return orders_[at].refunded; });
  put_columns(
      writer.section("coupons"),
      in_order(uses_.size(),
               [&](std::uint32_t a, std::uint32_t b) {
                 return std::pair(uses_[a].customer, uses_[a].coupon) <
                        std::pair(uses_[b].customer, uses_[b].coupon);
               }),
      [&](std::uint32_t at) { return uses_[at].customer; },
      [&](std::uint32_t at) { return uses_[at].coupon; },
      [&](std::uint32_t at) { return uses_[at].time; });
  put_columns(
      writer.section("rewards"),
      in_order(rewards_.size(),
               [&](std::uint32_t a, std::uint32_t b) { return rewards_[a].id < rewards_[b].id; }),
      [&](std::uint32_t at) { return rewards_[at].id; },
      [&](std::uint32_t at) { return rewards_[at].customer; },
      [&](std::uint32_t at) { return rewards_[at].time; },
      [&](std::uint32_t at) { return rewards_[at].amount; });
  return std::move(writer).finish();
}

Result<FraudMonitor> FraudMonitor::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  const auto in_section = [&](std::string_view tag, const auto& read) -> Result<void> {
    Result<SectionReader> section = reader->section(tag);
    if (!section) return section.error();
    read(*section);
    return section->finish();
  };
  const auto at_time = [](std::int64_t seconds) { return detail::fraud_time(seconds); };

  FraudOptions options;
  if (Result<void> done =
          in_section("options", [&](SectionReader& s) { options = get_options(s); });
      !done) {
    return done.error();
  }
  std::optional<FraudMonitor> made;
  try {
    made.emplace(options);
  } catch (const Exception& error) {
    return Error{ErrorCode::corrupt, error.error().message, "fraud-monitor/options"};
  }
  FraudMonitor& monitor = *made;

  std::size_t customers = 0;
  if (Result<void> done = in_section(
          "customers",
          [&](SectionReader& s) {
            const auto signed_up = s.get_array<std::int64_t>();
            customers = signed_up.size();
            const auto told = column<std::int64_t>(s, customers);
            const auto blocked = column<std::uint8_t>(s, customers);
            if (!s.require(customers <= max_ids, "more customers than ids")) return;
            monitor.nodes_.resize(customers);
            for (std::size_t c = 0; c < customers && s.ok(); ++c) {
              const Customer customer = id_at<Customer>(c);
              s.require(signed_up[c] == detail::fraud_no_time ||
                            monitor.add(FraudSignUp{customer, at_time(signed_up[c])}) ==
                                FraudFact::recorded,
                        "a sign-up at an impossible time");
              const bool never = told[c] == -detail::fraud_no_time;
              s.require(blocked[c] <= (never ? 0 : 1), "a block that nobody told");
              s.require(never || monitor.add(FraudBlock{customer, at_time(told[c]),
                                                        blocked[c] == 1}) == FraudFact::recorded,
                        "a block at an impossible time");
            }
          });
      !done) {
    return done.error();
  }
  const auto known = [&](SectionReader& s, Customer customer) {
    return s.require(index(customer) < customers, "a customer who does not exist");
  };
  if (Result<void> done = in_section(
          "claims",
          [&](SectionReader& s) {
            const auto referee = s.get_array<Customer>();
            const auto referrer = column<Customer>(s, referee.size());
            const auto time = column<std::int64_t>(s, referee.size());
            for (std::size_t i = 0; i < referee.size() && s.ok(); ++i) {
              s.require(i == 0 || std::pair(referee[i - 1], referrer[i - 1]) <
                                      std::pair(referee[i], referrer[i]),
                        "claims out of order");
              if (!known(s, referee[i]) || !known(s, referrer[i])) return;
              s.require(monitor.add(FraudClaim{referrer[i], referee[i], at_time(time[i])}) ==
                            FraudFact::recorded,
                        "an impossible claim");
            }
          });
      !done) {
    return done.error();
  }
  if (Result<void> done = in_section(
          "keys",
          [&](SectionReader& s) {
            const auto customer = s.get_array<Customer>();
            const auto kind = column<IdentityKind>(s, customer.size());
            const auto value = column<std::uint64_t>(s, customer.size());
            const auto time = column<std::int64_t>(s, customer.size());
            for (std::size_t i = 0; i < customer.size() && s.ok(); ++i) {
              s.require(i == 0 || std::tuple(customer[i - 1], kind[i - 1], value[i - 1]) <
                                      std::tuple(customer[i], kind[i], value[i]),
                        "keys out of order");
              if (!known(s, customer[i])) return;
              s.require(monitor.add(FraudKey{customer[i], kind[i], value[i], at_time(time[i])}) ==
                            FraudFact::recorded,
                        "an impossible key");
            }
          });
      !done) {
    return done.error();
  }
  if (Result<void> done = in_section(
          "orders",
          [&](SectionReader& s) {
            const auto customer = s.get_array<Customer>();
            const auto time = column<std::int64_t>(s, customer.size());
            const auto amount = column<std::int64_t>(s, customer.size());
            const auto refunded = column<std::int64_t>(s, customer.size());
            if (!s.require(customer.size() <= max_ids, "more orders than ids")) return;
            monitor.orders_.resize(customer.size());
            for (std::size_t i = 0; i < customer.size() && s.ok(); ++i) {
              const Order order = id_at<Order>(i);
              if (customer[i] == no_customer) {
                s.require(time[i] == 0 && amount[i] == 0, "an order of nobody");
              } else {
                if (!known(s, customer[i])) return;
                s.require(monitor.add(FraudOrder{order, customer[i], at_time(time[i]),
                                                 amount[i]}) == FraudFact::recorded,
                          "an impossible order");
              }
              s.require(refunded[i] == 0 ||
                            monitor.add(FraudRefund{order, refunded[i]}) == FraudFact::recorded,
                        "an impossible refund");
            }
          });
      !done) {
    return done.error();
  }
  if (Result<void> done = in_section(
          "coupons",
          [&](SectionReader& s) {
            const auto customer = s.get_array<Customer>();
            const auto coupon = column<std::uint64_t>(s, customer.size());
            const auto time = column<std::int64_t>(s, customer.size());
            for (std::size_t i = 0; i < customer.size() && s.ok(); ++i) {
              s.require(i == 0 || std::pair(customer[i - 1], coupon[i - 1]) <
                                      std::pair(customer[i], coupon[i]),
                        "coupons out of order");
              if (!known(s, customer[i])) return;
              s.require(monitor.add(FraudCoupon{customer[i], coupon[i], at_time(time[i])}) ==
                            FraudFact::recorded,
                        "an impossible coupon");
            }
          });
      !done) {
    return done.error();
  }
  if (Result<void> done = in_section(
          "rewards",
          [&](SectionReader& s) {
            const auto id = s.get_array<std::uint64_t>();
            const auto customer = column<Customer>(s, id.size());
            const auto time = column<std::int64_t>(s, id.size());
            const auto amount = column<std::int64_t>(s, id.size());
            for (std::size_t i = 0; i < id.size() && s.ok(); ++i) {
              s.require(i == 0 || id[i - 1] < id[i], "rewards out of order");
              if (!known(s, customer[i])) return;
              s.require(monitor.add(FraudReward{id[i], customer[i], at_time(time[i]), amount[i]}) ==
                            FraudFact::recorded,
                        "an impossible reward");
            }
          });
      !done) {
    return done.error();
  }
  return std::move(*made);
}

}  // namespace emptor
