#include "emptor/profile/rates.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace emptor {

namespace {

std::uint64_t pair_code(Currency from, Currency to) noexcept {
  std::uint64_t code = 0;
  for (const char c : from.code()) code = code << 8 | static_cast<unsigned char>(c);
  for (const char c : to.code()) code = code << 8 | static_cast<unsigned char>(c);
  return code;
}

bool valid_part(std::int64_t part) noexcept {
  return part >= 1 && part <= RateTable::max_part;
}

/// Rates of a table's lines: most lines are of the day of the line before.
class RateOfDay {
 public:
  RateOfDay(const RateTable& rates, Currency from, const MergeOrdersOptions& options)
      : rates_(rates), from_(from), options_(options) {}

  Result<ExchangeRate> operator()(Time time) {
    const Day day = local_day(time, options_.offset);
    if (known_ && day == day_) return rate_;
    Result<ExchangeRate> found = rates_.find(from_, options_.currency, day);
    if (!found) return found;
    const auto age = (day - found->day).count();
    if (options_.max_age_days && age > *options_.max_age_days) {
      return Error{ErrorCode::not_found,
                   text("the latest rate from ", from_.code(), " to ", options_.currency.code(),
                        " for ", to_string(day), " is of ", to_string(found->day), ", more than ",
                        *options_.max_age_days, " days before"),
                   "RateTable"};
    }
    known_ = true;
    day_ = day;
    rate_ = *found;
    oldest_ = std::max(oldest_, static_cast<int>(age));
    return rate_;
  }
  [[nodiscard]] int oldest() const noexcept { return oldest_; }

 private:
  const RateTable& rates_;
  Currency from_;
  const MergeOrdersOptions& options_;
  bool known_ = false;
  Day day_{};
  ExchangeRate rate_;
  int oldest_ = 0;
};

}  // namespace

void RateTable::add(Currency from, Currency to, Day day, std::int64_t numerator,
                    std::int64_t denominator) {
  if (!valid_part(numerator) || !valid_part(denominator) || from == to) {
    throw Exception(
        ErrorCode::invalid_value,
        text("a rate needs two currencies and a fraction of numbers from 1 to 10^12, ", "got ",
             numerator, " / ", denominator, " from ", from.code(), " to ", to.code()),
        "RateTable");
  }
  const Entry entry{pair_code(from, to), {day, numerator, denominator}};
  const auto at =
      std::upper_bound(rates_.begin(), rates_.end(), entry, [](const Entry& a, const Entry& b) {
        return std::pair(a.pair, a.rate.day) < std::pair(b.pair, b.rate.day);
      });
  if (at != rates_.begin()) {
    const Entry& before = *std::prev(at);
    if (before.pair == entry.pair && before.rate.day == day) {
      if (before.rate == entry.rate) return;
      throw Exception(ErrorCode::duplicate,
                      text("there is another rate from ", from.code(), " to ", to.code(), " of ",
                           to_string(day)),
                      "RateTable");
    }
  }
  rates_.insert(at, entry);
}

Result<void> RateTable::add(Currency from, Currency to, Day day, std::string_view decimal) {
  const std::size_t point = decimal.find('.');
  const std::size_t decimals = point == std::string_view::npos ? 0 : decimal.size() - point - 1;
  if (decimals > 12) {
    return Error{ErrorCode::invalid_value, "a rate has at most 12 decimals", "RateTable"};
  }
  const int scale = static_cast<int>(decimals);
  const Result<std::int64_t> units = parse_decimal(decimal, scale);
  if (!units) return units.error();
  try {
    add(from, to, day, *units, detail::power_of_ten(scale));
  } catch (const Exception& e) {
    return e.error();
  }
  return {};
}

const ExchangeRate* RateTable::latest(Currency from, Currency to, Day day) const noexcept {
  const std::uint64_t pair = pair_code(from, to);
  const auto after = std::partition_point(rates_.begin(), rates_.end(), [&](const Entry& entry) {
    return entry.pair < pair || (entry.pair == pair && entry.rate.day <= day);
  });
  if (after == rates_.begin() || std::prev(after)->pair != pair) return nullptr;
  return &std::prev(after)->rate;
}

Result<ExchangeRate> RateTable::find(Currency from, Currency to, Day day) const {
  if (from == to) return ExchangeRate{.day = day};
  if (const ExchangeRate* rate = latest(from, to, day)) return *rate;
  if (const ExchangeRate* rate = latest(to, from, day)) {
    return ExchangeRate{rate->day, rate->denominator, rate->numerator};
  }
  return Error{
      ErrorCode::not_found,
      text("no rate from ", from.code(), " to ", to.code(), " on or before ", to_string(day)),
      "RateTable"};
}

Result<std::int64_t> convert_amount(std::int64_t amount, int from_scale, const ExchangeRate& rate,
                                    int to_scale) {
  require_option(from_scale >= 0 && from_scale <= max_price_scale, "from_scale", "in [0, 6]",
                 from_scale);
  require_option(to_scale >= 0 && to_scale <= max_price_scale, "to_scale", "in [0, 6]", to_scale);
  if (!valid_part(rate.numerator) || !valid_part(rate.denominator)) {
    throw Exception(ErrorCode::invalid_value, "a rate is a fraction of numbers from 1 to 10^12",
                    "convert_amount");
  }
  // At most 2^63 x 10^12 x 10^6 < 2^123.
  const int shift = to_scale - from_scale;
  const detail::int128 numerator =
      detail::int128{amount} * rate.numerator * detail::power_of_ten(shift > 0 ? shift : 0);
  const detail::int128 denominator =
      detail::int128{rate.denominator} * detail::power_of_ten(shift < 0 ? -shift : 0);
  const detail::int128 value = detail::divide(numerator, denominator, Rounding::half_even);
  constexpr detail::int128 most = std::numeric_limits<std::int64_t>::max();
  if (value > most || value < -most) {
    return Error{ErrorCode::overflow, "a converted amount is beyond 9.2e18 units",
                 "convert_amount"};
  }
  return static_cast<std::int64_t>(value);
}

Result<MergedOrders> merge_orders(std::span<const OrdersPart> parts, const RateTable& rates,
                                  const MergeOrdersOptions& options) {
  require_option(!options.max_age_days || *options.max_age_days >= 0, "max_age_days", ">= 0",
                 options.max_age_days.value_or(0));
  Customers no_customers;  // ids are known
  Items no_items;
  OrdersBuilder builder(no_customers, no_items,
                        {.currency = options.currency, .price_scale = options.price_scale});
  std::size_t lines = 0;
  bool with_discounts = false;
  for (const OrdersPart& part : parts) {
    if (part.orders == nullptr) {
      throw Exception(ErrorCode::invalid_value, "a part needs orders", "merge_orders");
    }
    if (!part.discounts.empty() && part.discounts.size() != part.orders->lines()) {
      throw Exception(ErrorCode::invalid_shape,
                      text(part.orders->lines(), " lines need as many discounts or none, got ",
                           part.discounts.size()),
                      "merge_orders");
    }
    with_discounts |= !part.discounts.empty();
    lines += part.orders->lines();
  }
  builder.reserve(lines);
  MergedOrders out;
  if (with_discounts) out.discounts.reserve(lines);
  std::string number;
  for (const OrdersPart& part : parts) {
    const Orders& from = *part.orders;
    RateOfDay rate_of(rates, from.currency(), options);
    for (std::size_t line = 0; line < from.lines(); ++line) {
      const Result<ExchangeRate> rate = rate_of(from.line_times()[line]);
      if (!rate) return rate.error();
      const Result<std::int64_t> amount =
          convert_amount(from.line_amounts()[line], from.price_scale(), *rate, options.price_scale);
      if (!amount) return amount.error();
      if (with_discounts) {
        const Result<std::int64_t> discount =
            convert_amount(part.discounts.empty() ? 0 : part.discounts[line], from.price_scale(),
                           *rate, options.price_scale);
        if (!discount) return discount.error();
        out.discounts.push_back(*discount);
      }
      number.assign(part.order_prefix);
      number.append(from.order_keys().key(from.line_orders()[line]));
      const Channel channel = from.line_channels()[line];
      builder.add({.order = number,
                   .time = from.line_times()[line],
                   .amount = *amount,
                   .quantity = from.line_quantities()[line],
                   .channel = channel == no_id<Channel> ? std::string_view{}
                                                        : from.channels().key(channel)},
                  from.line_customers()[line], from.line_items()[line]);
    }
    const bool converted = from.currency() != options.currency;
    out.parts.push_back({.currency = from.currency(),
                         .lines = from.lines(),
                         .converted_lines = converted ? from.lines() : 0,
                         .oldest_rate_days = rate_of.oldest()});
  }
  out.orders = std::move(builder).finish();
  return out;
}

}  // namespace emptor
