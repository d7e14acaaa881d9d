#pragma once
// Segment rules written in C++, with the types of the language as types of C++: what compares money
// with a duration does not compile. What is built is the rule's text (segment/rule.hpp), which
// `parse_rule` and `RuleSegments` read; names are checked there.
//
//     using namespace std::chrono;
//     const RuleCondition loyal =
//         rule_orders().in_last(days{90}).count() >= 3 &&
//         rule_sales().where(rule_field("category") == "shoes").sum_amount() >
//             Money(10'000, Currency("EUR")) &&
//         !rule_tag("staff");
//     const SegmentDefinition segment{"loyal", loyal.text()};
//
// Thread safety: values.

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "emptor/core/money.hpp"
#include "emptor/core/text.hpp"
#include "emptor/core/time.hpp"
#include "emptor/segment/rule_tree.hpp"
#include "emptor/table/events.hpp"

namespace emptor {

namespace detail {

inline std::string rule_quoted(std::string_view content) {
  std::string out(1, '"');
  for (const char c : content) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}
inline std::string rule_literal(std::int64_t number) {
  return text(number);
}
inline std::string rule_literal(const Money& money) {
  return to_string(money);
}
inline std::string rule_literal(std::chrono::seconds duration) {
  return text(duration.count(), " seconds");
}
inline std::string rule_literal(Day day) {
  return to_string(day);
}
inline std::string rule_literal(Time time) {
  return to_string(time);
}
inline std::string rule_literal(std::string_view content) {
  return rule_quoted(content);
}

/// Of whom something is asked.
enum class RuleScope : std::uint8_t { customer, happening };

template <RuleType Type>
struct RuleLiteral;
template <>
struct RuleLiteral<RuleType::number> {
  using type = std::int64_t;
};
template <>
struct RuleLiteral<RuleType::money> {
  using type = Money;
};
template <>
struct RuleLiteral<RuleType::duration> {
  using type = std::chrono::seconds;
};
template <>
struct RuleLiteral<RuleType::instant> {
  using type = Time;
};
template <>
struct RuleLiteral<RuleType::text> {
  using type = std::string_view;
};

}  // namespace detail

/// A condition on a customer, or on one happening.
template <detail::RuleScope Scope>
class RuleExpression {
 public:
  /// From the language itself.
  explicit RuleExpression(std::string words) : text_(std::move(words)) {}
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  friend RuleExpression operator&&(const RuleExpression& a, const RuleExpression& b) {
    return a.joined(" and ", b);
  }
  friend RuleExpression operator||(const RuleExpression& a, const RuleExpression& b) {
    return a.joined(" or ", b);
  }
  friend RuleExpression operator!(const RuleExpression& a) {
    return RuleExpression(emptor::text("not (", a.text_, ')'));
  }

 private:
  [[nodiscard]] RuleExpression joined(std::string_view word, const RuleExpression& other) const {
    return RuleExpression(emptor::text('(', text_, ')', word, '(', other.text_, ')'));
  }
  std::string text_;
};

using RuleCondition = RuleExpression<detail::RuleScope::customer>;
using RuleFilter = RuleExpression<detail::RuleScope::happening>;

/// Something that is measured; compares with literals of its type and with its like.
template <RuleType Type, detail::RuleScope Scope = detail::RuleScope::customer>
class RuleValue {
 public:
  using Literal = typename detail::RuleLiteral<Type>::type;
  using Expression = RuleExpression<Scope>;

  explicit RuleValue(std::string words) : text_(std::move(words)) {}
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] Expression is_absent() const { return Expression(text_ + " is absent"); }
  [[nodiscard]] Expression is_present() const { return Expression(text_ + " is present"); }
  [[nodiscard]] Expression is_one_of(std::initializer_list<std::string_view> texts) const
    requires(Type == RuleType::text)
  {
    std::string list;
    for (const std::string_view one : texts) {
      list += emptor::text(list.empty() ? "" : ", ", detail::rule_quoted(one));
    }
    return Expression(emptor::text(text_, " in (", list, ')'));
  }

  friend Expression operator==(const RuleValue& a, const Literal& b) { return a.with(" = ", b); }
  friend Expression operator!=(const RuleValue& a, const Literal& b) { return a.with(" != ", b); }
  friend Expression operator<(const RuleValue& a, const Literal& b)
    requires(Type != RuleType::text)
  {
    return a.with(" < ", b);
  }
  friend Expression operator<=(const RuleValue& a, const Literal& b)
    requires(Type != RuleType::text)
  {
    return a.with(" <= ", b);
  }
  friend Expression operator>(const RuleValue& a, const Literal& b)
    requires(Type != RuleType::text)
  {
    return a.with(" > ", b);
  }
  friend Expression operator>=(const RuleValue& a, const Literal& b)
    requires(Type != RuleType::text)
  {
    return a.with(" >= ", b);
  }
  friend Expression operator<(const RuleValue& a, const RuleValue& b)
    requires(Type != RuleType::text && Scope == detail::RuleScope::customer)
  {
    return Expression(emptor::text(a.text_, " < ", b.text_));
  }
  friend Expression operator>(const RuleValue& a, const RuleValue& b)
    requires(Type != RuleType::text && Scope == detail::RuleScope::customer)
  {
    return Expression(emptor::text(a.text_, " > ", b.text_));
  }

 private:
  [[nodiscard]] Expression with(std::string_view sign, const Literal& literal) const {
    return Expression(emptor::text(text_, sign, detail::rule_literal(literal)));
  }
  std::string text_;
};

/// Happenings of a source, in a window, that pass a filter.
class RuleHappenings {
 public:
  using Number = RuleValue<RuleType::number>;
  using Amount = RuleValue<RuleType::money>;
  using Instant = RuleValue<RuleType::instant>;

  explicit RuleHappenings(std::string_view source) : source_(source) {}

  // The window; the last one said holds.
  [[nodiscard]] RuleHappenings in_last(std::chrono::seconds span) const {
    return spanning(text(" in last ", detail::rule_literal(span)));
  }
  [[nodiscard]] RuleHappenings ago(std::chrono::seconds from, std::chrono::seconds to) const {
    return spanning(
        text(" from ", detail::rule_literal(from), " to ", detail::rule_literal(to), " ago"));
  }
  [[nodiscard]] RuleHappenings since(Day day) const { return spanning(" since " + to_string(day)); }
  [[nodiscard]] RuleHappenings before(Day day) const {
    return spanning(" before " + to_string(day));
  }
  [[nodiscard]] RuleHappenings in_this(RulePeriod period) const {
    return spanning(text(" in this ", period_name(period)));
  }
  [[nodiscard]] RuleHappenings in_previous(RulePeriod period) const {
    return spanning(text(" in previous ", period_name(period)));
  }
  [[nodiscard]] RuleHappenings where(const RuleFilter& filter) const {
    RuleHappenings out = *this;
    out.filter_ =
        filter_.empty() ? filter.text() : text('(', filter_, ") and (", filter.text(), ')');
    return out;
  }

  [[nodiscard]] Number count() const { return Number(text("count(", words(), ')')); }
  [[nodiscard]] Number distinct(std::string_view field) const {
    return Number(text("distinct(", field, " of ", words(), ')'));
  }
  [[nodiscard]] Number sum_quantity() const {
    return Number(text("sum(quantity of ", words(), ')'));
  }
  [[nodiscard]] Amount sum_amount() const { return amount("sum"); }
  [[nodiscard]] Amount min_amount() const { return amount("min"); }
  [[nodiscard]] Amount max_amount() const { return amount("max"); }
  [[nodiscard]] Amount average_amount() const { return amount("average"); }
  [[nodiscard]] Instant first() const { return Instant(text("first(", words(), ')')); }
  [[nodiscard]] Instant last() const { return Instant(text("last(", words(), ')')); }
  /// In the language.
  [[nodiscard]] std::string words() const {
    return text(source_, span_, filter_.empty() ? "" : " where ", filter_);
  }

 private:
  [[nodiscard]] static std::string_view period_name(RulePeriod period) noexcept {
    constexpr std::string_view names[] = {"day", "week", "month", "quarter", "year"};
    return names[static_cast<std::size_t>(period)];
  }
  [[nodiscard]] RuleHappenings spanning(std::string span) const {
    RuleHappenings out = *this;
    out.span_ = std::move(span);
    return out;
  }
  [[nodiscard]] Amount amount(std::string_view function) const {
    return Amount(text(function, "(amount of ", words(), ')'));
  }
  std::string source_, span_, filter_;
};

[[nodiscard]] inline RuleHappenings rule_orders() {
  return RuleHappenings("orders");
}
[[nodiscard]] inline RuleHappenings rule_sales() {
  return RuleHappenings("sales");
}
[[nodiscard]] inline RuleHappenings rule_refunds() {
  return RuleHappenings("refunds");
}
[[nodiscard]] inline RuleHappenings rule_events(EventKind kind) {
  return RuleHappenings(name(kind));
}

/// Fields of one happening, for `where`.
[[nodiscard]] inline auto rule_amount() {
  return RuleValue<RuleType::money, detail::RuleScope::happening>("amount");
}
[[nodiscard]] inline auto rule_quantity() {
  return RuleValue<RuleType::number, detail::RuleScope::happening>("quantity");
}
/// "item", "channel" or a column of items.
[[nodiscard]] inline auto rule_field(std::string_view field) {
  return RuleValue<RuleType::text, detail::RuleScope::happening>(std::string(field));
}

[[nodiscard]] inline auto rule_attribute(std::string_view column) {
  return RuleValue<RuleType::text>(text("customer.", detail::rule_quoted(column)));
}
[[nodiscard]] inline auto rule_number_attribute(std::string_view column) {
  return RuleValue<RuleType::number>(text("customer.", detail::rule_quoted(column)));
}
[[nodiscard]] inline auto rule_age(const RuleValue<RuleType::instant>& instant) {
  return RuleValue<RuleType::duration>(text("age(", instant.text(), ')'));
}
[[nodiscard]] inline RuleCondition rule_tag(std::string_view tag) {
  return RuleCondition(text("tag ", detail::rule_quoted(tag)));
}
[[nodiscard]] inline RuleCondition rule_consent(std::string_view purpose) {
  return RuleCondition(text("consent(", detail::rule_quoted(purpose), ')'));
}
[[nodiscard]] inline RuleCondition rule_segment(std::string_view segment) {
  return RuleCondition(text("segment ", detail::rule_quoted(segment)));
}
[[nodiscard]] inline RuleCondition rule_at_least(std::int64_t k,
                                                 std::initializer_list<RuleCondition> conditions) {
  std::string list;
  for (const RuleCondition& one : conditions) {
    list += text(list.empty() ? "" : ", ", one.text());
  }
  return RuleCondition(text("at least ", k, " of (", list, ')'));
}
/// Some of `second` came later than some of `first`, by at most `within`; windows are not for
/// steps.
[[nodiscard]] inline RuleCondition rule_did(const RuleHappenings& first,
                                            const RuleHappenings& second,
                                            std::chrono::seconds within) {
  return RuleCondition(text("did(", first.words(), " then ", second.words(), " within ",
                            detail::rule_literal(within), ')'));
}
/// None of `second` came within that time.
[[nodiscard]] inline RuleCondition rule_did_not(const RuleHappenings& first,
                                                const RuleHappenings& second,
                                                std::chrono::seconds within) {
  return RuleCondition(text("did(", first.words(), " then no ", second.words(), " within ",
                            detail::rule_literal(within), ')'));
}

}  // namespace emptor
