#include "referral.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "emptor/core/sha256.hpp"
#include "emptor/identity/pseudonym.hpp"
#include "emptor/referral/funnel.hpp"
#include "emptor/referral/growth.hpp"
#include "referral_plan.hpp"
#include "referral_results.hpp"

namespace storefront {
namespace {

using emptor::Customer;
using emptor::Time;

/// An order that was paid, or what came back of one.
struct Sale {
  std::size_t order = 0;  ///< of the table; of what came back: the order that it takes from
  Customer customer{};
  emptor::Channel channel = emptor::no_id<emptor::Channel>;
  Time time = Time::max();
  std::int64_t amount = 0;  ///< minor units, > 0
};

struct Sales {
  std::vector<Sale> paid;
  std::vector<Sale> returned;
};

/// The order that another one takes from; none: itself a sale.
std::optional<std::size_t> original_of(const emptor::Orders& orders, std::string_view key,
                                       const std::vector<std::string>& prefixes) {
  for (const std::string& prefix : prefixes) {
    if (prefix.empty() || !key.starts_with(prefix)) continue;
    if (const auto found = orders.order_keys().find(key.substr(prefix.size()))) {
      return emptor::index(*found);
    }
  }
  return std::nullopt;
}

Sales sales_of(const emptor::Orders& orders, const std::vector<std::string>& prefixes) {
  std::vector<Sale> paid(orders.orders());
  std::vector<Sale> back(orders.orders());
  for (std::size_t o = 0; o < paid.size(); ++o) paid[o].order = back[o].order = o;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (orders.line_customers()[line] == emptor::no_customer) continue;
    const bool refund = orders.is_refund(line);
    Sale& sale = (refund ? back : paid)[emptor::index(orders.line_orders()[line])];
    if (sale.time == Time::max()) {
      sale.customer = orders.line_customers()[line];
      sale.channel = orders.line_channels()[line];
    }
    sale.time = std::min(sale.time, orders.line_times()[line]);
    const std::int64_t units = orders.line_amounts()[line];
    sale.amount += refund ? -std::min<std::int64_t>(units, 0) : units;
  }
  Sales out;
  const auto in_minor = [&](Sale sale) {
    sale.amount = orders.money(sale.amount).minor();
    return sale;
  };
  for (std::size_t o = 0; o < paid.size(); ++o) {
    if (paid[o].amount > 0) out.paid.push_back(in_minor(paid[o]));
    if (back[o].amount <= 0) continue;
    const std::string_view key = orders.order_keys().key(emptor::id_at<emptor::Order>(o));
    Sale sale = in_minor(back[o]);
    if (const auto original = original_of(orders, key, prefixes)) sale.order = *original;
    if (paid[sale.order].amount > 0) out.returned.push_back(sale);
  }
  return out;
}

/// One thing that happened; those of one instant in the order of the kinds.
struct Happening {
  enum class Kind : std::uint8_t { touch, sign_up, order, returned };
  Time time;
  Kind kind;
  std::uint32_t place;
  friend bool operator<(const Happening& a, const Happening& b) {
    return std::tie(a.time, a.kind, a.place) < std::tie(b.time, b.kind, b.place);
  }
};

std::uint64_t key_number(const emptor::SecretKey& key, std::string_view type,
                         std::string_view value) {
  std::string plain(value);
  for (char& c : plain) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const emptor::Sha256Digest digest = emptor::pseudonym(key, "referral", type, plain);
  std::uint64_t out = 0;
  for (std::size_t b = 0; b < 8; ++b) {
    out = out << 8U | std::to_integer<std::uint64_t>(digest[b]);
  }
  return out;
}

/// Tells the monitor which customers left which address, number or device.
void tell_identities(const Identity& identity, const ReferralPeople& people,
                     const emptor::SecretKey& key, emptor::ReferralProgramme& programme) {
  constexpr std::pair<emptor::FieldType, emptor::IdentityKind> kinds[] = {
      {emptor::FieldType::email, emptor::IdentityKind::email},
      {emptor::FieldType::phone, emptor::IdentityKind::phone},
      {emptor::FieldType::device, emptor::IdentityKind::device}};
  const emptor::Records& records = identity.file.records;
  for (const auto& [type, kind] : kinds) {
    for (const emptor::LinkField& field : identity.file.schema.fields) {
      const auto column = field.type == type ? records.find_column(field.column) : std::nullopt;
      if (!column) continue;
      for (std::size_t r = 0; r < records.size(); ++r) {
        const std::string_view value = records.value(emptor::id_at<emptor::Record>(r), *column);
        if (value.empty()) continue;
        const auto customer =
            person_of_key(people, &identity, identity.customers.key(identity.customer_of[r]));
        programme.identity({*customer, kind, key_number(key, name(kind), value),
                            people.joined[emptor::index(*customer)]});
      }
    }
  }
}

class Run {
 public:
  Run(const ShopTables& shop, Referral& out, const Sales& sales, std::uint64_t seed)
      : shop_(shop),
        out_(out),
        sales_(sales),
        key_(emptor::text("pseudonyms of the shop ", seed)),
        ordinals_(out.people.customers.size()),
        revisions_(shop.orders.orders()),
        left_(shop.orders.orders()) {}

  void tell(const Identity* identity) {
    if (identity != nullptr) tell_identities(*identity, out_.people, key_, out_.programme);
    out_.programme.reserve(sales_.paid.size());
    std::vector<Happening> all;
    const auto add = [&](Happening::Kind kind, std::size_t n, const auto& time_of) {
      for (std::size_t i = 0; i < n; ++i) {
        if (time_of(i) != Time::max()) {
          all.push_back({time_of(i), kind, static_cast<std::uint32_t>(i)});
        }
      }
    };
    const auto& touches = out_.file.touches;
    add(Happening::Kind::touch, touches.size(), [&](auto i) { return touches[i].touch.time; });
    add(Happening::Kind::sign_up, out_.people.joined.size(),
        [&](auto i) { return out_.people.joined[i]; });
    add(Happening::Kind::order, sales_.paid.size(), [&](auto i) { return sales_.paid[i].time; });
    add(Happening::Kind::returned, sales_.returned.size(),
        [&](auto i) { return sales_.returned[i].time; });
    std::sort(all.begin(), all.end());
    emptor::Day day = all.empty() ? emptor::Day{} : emptor::local_day(all.front().time);
    for (const Happening& one : all) {
      if (const emptor::Day today = emptor::local_day(one.time); today != day) {
        out_.programme.advance(Time{day = today});
      }
      happen(one);
    }
    if (!all.empty()) out_.programme.advance(all.back().time);
  }

 private:
  void happen(const Happening& one) {
    switch (one.kind) {
      case Happening::Kind::touch:
        return touch(out_.file.touches[one.place]);
      case Happening::Kind::sign_up:
        (void)out_.programme.sign_up(emptor::id_at<Customer>(one.place), one.time);
        return;
      case Happening::Kind::order:
        return order(sales_.paid[one.place]);
      case Happening::Kind::returned:
        return give_back(sales_.returned[one.place]);
    }
  }

  void touch(const FileTouch& one) {
    const Customer customer = one.touch.customer;
    if (customer != emptor::no_customer) {
      if (one.visitor != emptor::no_visitor) {
        (void)out_.programme.link_visitor(one.visitor, customer, one.touch.time);
      }
      if (!one.device.empty()) {
        out_.programme.identity({customer, emptor::IdentityKind::device,
                                 key_number(key_, "device", one.device), one.touch.time});
      }
    }
    (void)out_.programme.touch(one.touch);
  }

  void order(const Sale& sale) {
    emptor::RewardOccasion occasion;
    occasion.event = sale.order;
    occasion.customer = sale.customer;
    occasion.time = sale.time;
    occasion.gross = occasion.net = occasion.margin = left_[sale.order] = sale.amount;
    occasion.channel = sale.channel;
    occasion.ordinal = ++ordinals_[emptor::index(sale.customer)];
    (void)out_.programme.order(occasion);
  }

  void give_back(const Sale& sale) {
    std::int64_t& left = left_[sale.order];
    left = std::max<std::int64_t>(left - sale.amount, 0);
    emptor::RewardAdjustment adjustment;
    adjustment.event = sale.order;
    adjustment.revision = ++revisions_[sale.order];
    adjustment.gross = adjustment.net = adjustment.margin = left;
    adjustment.time = sale.time;
    (void)out_.programme.correct(adjustment);
  }

  const ShopTables& shop_;
  Referral& out_;
  const Sales& sales_;
  emptor::SecretKey key_;
  std::vector<std::uint32_t> ordinals_;
  std::vector<std::uint32_t> revisions_;
  std::vector<std::int64_t> left_;
};

}  // namespace

ReferralPeople referral_people(const ShopTables& shop, const Identity* identity) {
  ReferralPeople out{.customers = shop.customers, .joined = {}};
  out.joined.resize(out.customers.size(), Time::max());
  for (std::size_t line = 0; line < shop.orders.lines(); ++line) {
    const Customer customer = shop.orders.line_customers()[line];
    if (customer == emptor::no_customer) continue;
    Time& joined = out.joined[emptor::index(customer)];
    joined = std::min(joined, shop.orders.line_times()[line]);
  }
  if (identity == nullptr) return out;
  for (std::size_t r = 0; r < identity->customer_of.size(); ++r) {
    const Customer owner = identity->owner(identity->customer_of[r]);
    const Customer customer = out.customers.add(identity->customers.key(owner));
    out.joined.resize(out.customers.size(), Time::max());
    Time& joined = out.joined[emptor::index(customer)];
    if (identity->times[r] > Time{}) joined = std::min(joined, identity->times[r]);
  }
  return out;
}

std::optional<Customer> person_of_key(const ReferralPeople& people, const Identity* identity,
                                      std::string_view key) {
  if (identity != nullptr) {
    if (const auto known = identity->customers.find(key)) {
      return people.customers.find(identity->customers.key(identity->owner(*known)));
    }
  }
  return people.customers.find(key);
}

Referral study_referral(const ShopTables& shop, ReferralPeople people, TouchesFile file,
                        const Identity* identity, const std::vector<std::string>& order_prefixes,
                        std::uint64_t seed, const emptor::Context& context) {
  const Sales sales = sales_of(shop.orders, order_prefixes);
  std::int64_t sum = 0;
  Time first = Time::max();
  Time last = Time::min();
  for (const Sale& sale : sales.paid) {
    sum += sale.amount;
    first = std::min(first, sale.time);
    last = std::max(last, sale.time);
  }
  for (const Sale& sale : sales.returned) sum -= sale.amount;
  if (sales.paid.empty()) first = last = Time{};
  const ReferralPlans plans = referral_plans(shop.orders.currency(), first, last, sum);
  Referral out{.people = std::move(people),
               .file = std::move(file),
               .programme = emptor::ReferralProgramme(programme_options(), plans.first),
               .forest = {},
               .parents = {},
               .earned = {},
               .funnel = {},
               .growth = {},
               .matched = {},
               .matched_days = 0,
               .fraud = {},
               .reviews = {},
               .contests = {},
               .budget = {},
               .books = {},
               .earners = {},
               .plans = {}};
  out.programme.activate(plans.second).value();
  if (plans.budget > 0) {
    (void)out.programme.fund({plans.budget, shop.orders.currency()}, first,
                             emptor::transfer_id({seed, 1}));
  }
  Run(shop, out, sales, seed).tell(identity);
  out.budget.sales = sum;
  fill_results(shop, last, seed, context, out);
  return out;
}

std::string key_of(const Referral& referral, Customer customer) {
  return std::string(referral.people.customers.key(customer));
}

}  // namespace storefront
