#pragma once
// Order lines as columns: which customer bought how many of which item when, for what amount.
//
// An amount is exact: an int64 count of 10^-price_scale of the currency's major unit (scale 3:
// thousandths of a pound), positive for a sale, negative for money given back. A line whose amount
// or quantity is negative is a refund. Lines stay in the order in which they were added; `Order`
// ids count orders by their first line. Memory: 40 bytes a line and the orders' keys. Thread
// safety: as a std::vector.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/keys.hpp"

namespace emptor {

struct OrdersOptions {
  Currency currency{"EUR"};  ///< of every amount in the table
  int price_scale = 2;       ///< decimals of an amount, in [0, 6]
};

/// One line as a host or a reader gives it.
struct OrderLine {
  std::string_view order{};     ///< the shop's order number; empty: see OrdersBuilder
  std::string_view customer{};  ///< empty: not known
  std::string_view item{};      ///< must not be empty
  Time time{};
  std::int64_t amount = 0;     ///< of the whole line, in 10^-price_scale major units
  std::int64_t quantity = 1;   ///< in [-2^31, 2^31)
  std::string_view channel{};  ///< "web", "shop", …; empty: not known
};

class OrdersBuilder;

class Orders {
 public:
  [[nodiscard]] std::size_t lines() const noexcept { return times_.size(); }
  [[nodiscard]] std::size_t orders() const noexcept { return keys_.size(); }
  [[nodiscard]] Currency currency() const noexcept { return options_.currency; }
  [[nodiscard]] int price_scale() const noexcept { return options_.price_scale; }

  // Columns, one element a line.
  [[nodiscard]] std::span<const Order> line_orders() const noexcept { return orders_; }
  [[nodiscard]] std::span<const Customer> line_customers() const noexcept { return customers_; }
  [[nodiscard]] std::span<const Item> line_items() const noexcept { return items_; }
  [[nodiscard]] std::span<const Time> line_times() const noexcept { return times_; }
  [[nodiscard]] std::span<const std::int64_t> line_amounts() const noexcept { return amounts_; }
  [[nodiscard]] std::span<const std::int32_t> line_quantities() const noexcept {
    return quantities_;
  }
  [[nodiscard]] std::span<const Channel> line_channels() const noexcept { return channels_; }

  [[nodiscard]] bool is_refund(std::size_t line) const noexcept {
    return amounts_[line] < 0 || quantities_[line] < 0;
  }
  [[nodiscard]] const Keys<Order>& order_keys() const noexcept { return keys_; }
  [[nodiscard]] const Keys<Channel>& channels() const noexcept { return channel_keys_; }

  /// `units` of this table's scale as Money, rounded half to even to minor units.
  [[nodiscard]] Money money(std::int64_t units) const {
    return to_money(units, options_.price_scale, options_.currency);
  }

 private:
  friend class OrdersBuilder;
  OrdersOptions options_;
  std::vector<Order> orders_;
  std::vector<Customer> customers_;
  std::vector<Item> items_;
  std::vector<Time> times_;
  std::vector<std::int64_t> amounts_;
  std::vector<std::int32_t> quantities_;
  std::vector<Channel> channels_;
  Keys<Order> keys_;
  Keys<Channel> channel_keys_;
};

/// Collects order lines; new customers and items get their ids in the tables it was given, which
/// must outlive it.
class OrdersBuilder {
 public:
  /// Throws `invalid_option` for a scale outside [0, 6].
  OrdersBuilder(Customers& customers, Items& items, const OrdersOptions& options = {})
      : known_customers_(&customers), known_items_(&items) {
    require_option(options.price_scale >= 0 && options.price_scale <= max_price_scale,
                   "price_scale", "in [0, 6]", options.price_scale);
    orders_.options_ = options;
  }

  /// Adds a line. Without an order number, lines of one customer at one instant are one order, and
  /// a line without a customer is an order of its own. Amortised O(length of the keys).
  /// Throws `invalid_value` for an empty item, `overflow` for a quantity outside of 32 bits; the
  /// table is then as it was.
  void add(const OrderLine& line) {
    if (line.item.empty()) {
      throw Exception(ErrorCode::invalid_value, "an order line needs an item", "OrdersBuilder");
    }
    if (line.quantity != static_cast<std::int32_t>(line.quantity)) {
      throw Exception(ErrorCode::overflow, text("quantity ", line.quantity, " needs over 32 bits"),
                      "OrdersBuilder");
    }
    const Customer customer =
        line.customer.empty() ? no_customer : known_customers_->add(line.customer);
    add(line, customer, known_items_->add(line.item));
  }

  /// Adds a line whose customer and item have their ids already (`no_customer`: not known);
  /// `line.customer` and `line.item` are not looked at. For readers that know more than one line.
  /// Throws `overflow` for a quantity outside of 32 bits.
  void add(const OrderLine& line, Customer customer, Item item) {
    const auto quantity = static_cast<std::int32_t>(line.quantity);
    if (line.quantity != quantity) {
      throw Exception(ErrorCode::overflow, text("quantity ", line.quantity, " needs over 32 bits"),
                      "OrdersBuilder");
    }
    Orders& to = orders_;
    const Order order = order_of(line, customer);
    const Channel channel =
        line.channel.empty() ? no_id<Channel> : to.channel_keys_.add(line.channel);
    to.orders_.push_back(order);
    to.customers_.push_back(customer);
    to.items_.push_back(item);
    to.times_.push_back(line.time);
    to.amounts_.push_back(line.amount);
    to.quantities_.push_back(quantity);
    to.channels_.push_back(channel);
  }

  /// Room for this many lines without growing the columns.
  void reserve(std::size_t lines) {
    Orders& to = orders_;
    to.orders_.reserve(lines);
    to.customers_.reserve(lines);
    to.items_.reserve(lines);
    to.times_.reserve(lines);
    to.amounts_.reserve(lines);
    to.quantities_.reserve(lines);
    to.channels_.reserve(lines);
  }

  /// Adds a line without an order number; `paid` is the line's amount.
  /// Throws `currency_mismatch` when it is not in the table's currency, `invalid_option` when the
  /// currency has more decimals than the table's scale, and what the other overload throws.
  void add(std::string_view customer, Time time, Money paid, std::string_view item,
           std::int64_t quantity = 1, std::string_view channel = {}) {
    const int digits = paid.currency().digits();
    if (paid.currency() != orders_.options_.currency) {
      throw Exception(ErrorCode::currency_mismatch,
                      text("the table is in ", orders_.options_.currency.code(), ", got ",
                           paid.currency().code()),
                      "OrdersBuilder");
    }
    require_option(orders_.options_.price_scale >= digits, "price_scale",
                   "at least the currency's decimals", orders_.options_.price_scale);
    const std::int64_t units = detail::narrow(
        detail::int128{paid.minor()} * detail::power_of_ten(orders_.options_.price_scale - digits),
        "OrdersBuilder");
    add({.order = {},
         .customer = customer,
         .item = item,
         .time = time,
         .amount = units,
         .quantity = quantity,
         .channel = channel});
  }

  [[nodiscard]] std::size_t lines() const noexcept { return orders_.lines(); }

  /// The table; the builder is spent.
  [[nodiscard]] Orders finish() && { return std::move(orders_); }

 private:
  /// Most lines belong to the order of the line before.
  Order order_of(const OrderLine& line, Customer customer) {
    if (line.order.empty()) return unnumbered_order(customer, line.time);
    Keys<Order>& keys = orders_.keys_;
    if (!orders_.orders_.empty() &&
        detail::same_key(keys.key(orders_.orders_.back()), line.order)) {
      return orders_.orders_.back();
    }
    return keys.add(line.order);
  }
  Order unnumbered_order(Customer customer, Time time) {
    const std::int64_t seconds = time.time_since_epoch().count();
    return orders_.keys_.add(customer == no_customer
                                 ? text("#", orders_.lines())
                                 : text("#", static_cast<std::uint32_t>(customer), "@", seconds));
  }

  Customers* known_customers_;
  Items* known_items_;
  Orders orders_;
};

}  // namespace emptor
