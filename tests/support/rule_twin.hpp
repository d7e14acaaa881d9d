#pragma once

/// @file
/// Segment rules word by word from their definitions (segment/rule.hpp), as slow as they come: the
/// twin of the compiled rules.

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "emptor/profile/tags.hpp"
#include "emptor/segment/rule_segments.hpp"
#include "emptor/table/consent.hpp"
#include "emptor/table/entities.hpp"

namespace emptor::test {

struct TwinHappening {
  bool line = false;  // of an order, or an event
  Customer customer{};
  std::uint32_t order = 0;
  Item item = no_item;
  std::int64_t time = 0;
  std::int64_t amount = 0;
  std::int32_t quantity = 1;
  std::string channel{};  // empty: none
  EventKind kind = EventKind::view;
};

struct TwinShop {
  RuleSchema schema;
  Customers customers;
  Items items;
  std::vector<TwinHappening> happenings;
  std::vector<TagSet> tags;
  std::vector<ConsentHistory> consents;
  std::vector<Customer> owners;  // by customer
};

/// One customer, or all who are one, at an instant.
class RuleTwin {
 public:
  RuleTwin(const TwinShop& shop, const RuleSegments& segments, Customer owner, std::int64_t now)
      : shop_(shop), segments_(segments), now_(now) {
    members_.push_back(owner);
    for (std::uint32_t c = 0; c < shop.owners.size(); ++c) {
      if (shop.owners[c] == owner && Customer{c} != owner) members_.push_back(Customer{c});
    }
    for (const TwinHappening& one : shop.happenings) {
      if (shop.owners[index(one.customer)] == owner && one.time <= now) own_.push_back(one);
    }
  }

  bool holds(const RuleNode& node) const {
    std::int64_t hold = 0;
    const auto parts = static_cast<std::int64_t>(node.children.size());
    switch (node.kind) {
      case RuleKind::all_of:
      case RuleKind::any_of:
      case RuleKind::negation:
      case RuleKind::k_of:
        for (const RuleNode& child : node.children) hold += holds(child) ? 1 : 0;
        if (node.kind == RuleKind::all_of) return hold == parts;
        if (node.kind == RuleKind::any_of) return hold > 0;
        if (node.kind == RuleKind::negation) return hold == 0;
        if (node.compare == RuleCompare::at_least) return hold >= node.number;
        return node.compare == RuleCompare::at_most ? hold <= node.number : hold == node.number;
      case RuleKind::segment:
        return holds(segments_.tree(*segments_.find(node.texts[0])));
      case RuleKind::tag: {
        TagSet all;
        for (const Customer member : members_) all.merge(shop_.tags[index(member)]);
        const auto at =
            std::find(shop_.schema.tags.begin(), shop_.schema.tags.end(), node.texts[0]);
        return all.has(Tag(at - shop_.schema.tags.begin()), Time{std::chrono::seconds{now_}});
      }
      case RuleKind::consent: {
        ConsentHistory all;
        for (const Customer member : members_) all.merge(shop_.consents[index(member)]);
        const auto& names = shop_.schema.purposes;
        const auto at = std::find(names.begin(), names.end(), node.texts[0]);
        Channel channel = all_channels;
        if (node.texts.size() > 1) channel = Channel{0};  // there is but one
        return static_cast<std::int64_t>(all.state(Purpose(at - names.begin()), channel,
                                                   Time{std::chrono::seconds{now_}})) ==
               node.number;
      }
      case RuleKind::absent:
        return node.children[0].type == RuleType::text
                   ? text_of(node.children[0]).has_value() == node.flag
                   : value(node.children[0]).has_value() == node.flag;
      case RuleKind::one_of: {
        const auto has = text_of(node.children[0]);
        return has && (std::find(node.texts.begin(), node.texts.end(), *has) != node.texts.end()) !=
                          node.flag;
      }
      case RuleKind::did:
        return did(node);
      default:
        break;
    }
    if (node.children[1].type == RuleType::text) {
      const auto has = text_of(node.children[0]);
      return has && (*has == node.children[1].texts[0]) == (node.compare == RuleCompare::equal);
    }
    const auto left = value(node.children[0]), right = value(node.children[1]);
    return left && right && compared(*left, node.compare, *right);
  }

 private:
  using Wide = emptor::detail::int128;
  struct Fraction {
    Wide number;
    Wide unit;
  };
  struct One {  // a happening of a stream
    TwinHappening of;
    std::int64_t lines = 0;
  };

  static bool compared(Fraction a, RuleCompare compare, Fraction b) {
    const Wide left = a.number * b.unit, right = b.number * a.unit;
    switch (compare) {
      case RuleCompare::equal:
        return left == right;
      case RuleCompare::unequal:
        return left != right;
      case RuleCompare::less:
        return left < right;
      case RuleCompare::at_most:
        return left <= right;
      case RuleCompare::greater:
        return left > right;
      default:
        return left >= right;
    }
  }
  std::int64_t lead() const { return std::chrono::seconds{shop_.schema.offset}.count(); }
  std::int64_t utc(std::int64_t seconds, bool local) const {
    return local ? seconds - lead() : seconds;
  }
  static std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
  }
  std::int64_t local_day(std::int64_t time) const { return floor_div(time + lead(), 86400); }
  /// Periods of one kind, numbered.
  std::int64_t period(RulePeriod period, std::int64_t time) const {
    const std::int64_t day = local_day(time);
    const std::int32_t month = month_number(Day{std::chrono::days{day}});
    switch (period) {
      case RulePeriod::day:
        return day;
      case RulePeriod::week:
        return floor_div(day + 3, 7);  // 1970-01-01 was a Thursday
      case RulePeriod::month:
        return month;
      case RulePeriod::quarter:
        return floor_div(month, 3);
      default:
        return floor_div(month, 12);
    }
  }

  std::optional<std::string> text_of(const RuleNode& node) const {
    for (const Customer member : members_) {
      const auto has = shop_.customers.find_column(node.texts[0])->at(member);
      if (has) return std::string(*has);
    }
    return std::nullopt;
  }

  std::vector<One> all_of_source(const RuleNode& stream) const {
    std::vector<One> out;
    for (const TwinHappening& one : own_) {
      const bool refund = one.amount < 0 || one.quantity < 0;
      bool in = false;
      if (stream.source == RuleSource::lines) in = one.line;
      if (stream.source == RuleSource::sales) in = one.line && !refund;
      if (stream.source == RuleSource::refunds) in = one.line && refund;
      if (stream.source == RuleSource::events) in = !one.line;
      if (stream.source == RuleSource::event) in = !one.line && one.kind == stream.event;
      if (in) out.push_back({one, 0});
      if (stream.source != RuleSource::orders || !one.line || refund) continue;
      auto known = std::find_if(out.begin(), out.end(),
                                [&](const One& o) { return o.of.order == one.order; });
      if (known == out.end()) {
        out.push_back({one, 1});
        continue;
      }
      const bool first = one.time < known->of.time;
      const bool tie = one.time == known->of.time && !one.channel.empty() &&
                       (known->of.channel.empty() || one.channel < known->of.channel);
      if (first || tie) known->of.channel = one.channel;
      known->of.time = std::min(known->of.time, one.time);
      known->of.amount += one.amount;
      known->of.quantity += one.quantity;
      ++known->lines;
    }
    return out;
  }

  std::optional<std::string> text_field(const One& one, const RuleNode& field) const {
    const std::string& of = field.texts[0];
    if (!field.flag) {
      if (of == "kind") return std::string(name(one.of.kind));
      if (of == "channel")
        return one.of.channel.empty() ? std::nullopt : std::optional(one.of.channel);
      if (of == "order") return std::to_string(one.of.order);
      if (of == "day") return std::to_string(local_day(one.of.time));
      if (of == "item") {
        return one.of.item == no_item ? std::nullopt
                                      : std::optional(std::string(shop_.items.key(one.of.item)));
      }
    }
    const auto has = shop_.items.find_column(of)->at(one.of.item);
    return has ? std::optional(std::string(*has)) : std::nullopt;
  }
  std::int64_t number_field(const One& one, const std::string& of) const {
    if (of == "amount") return one.of.amount;
    if (of == "quantity") return one.of.quantity;
    if (of == "lines") return one.lines;
    if (of == "hour") return floor_div(one.of.time + lead(), 3600) - local_day(one.of.time) * 24;
    return (((local_day(one.of.time) + 3) % 7) + 7) % 7 + 1;
  }
  bool passes(const One& one, const RuleNode& node) const {
    std::size_t hold = 0;
    switch (node.kind) {
      case RuleKind::all_of:
      case RuleKind::any_of:
      case RuleKind::negation:
        for (const RuleNode& child : node.children) hold += passes(one, child) ? 1 : 0;
        if (node.kind == RuleKind::all_of) return hold == node.children.size();
        return node.kind == RuleKind::any_of ? hold > 0 : hold == 0;
      case RuleKind::absent:
        return text_field(one, node.children[0]).has_value() == node.flag;
      case RuleKind::one_of: {
        const auto has = text_field(one, node.children[0]);
        return has && (std::find(node.texts.begin(), node.texts.end(), *has) != node.texts.end()) !=
                          node.flag;
      }
      default:
        break;
    }
    const RuleNode& literal = node.children[1];
    if (literal.type == RuleType::text) {
      const auto has = text_field(one, node.children[0]);
      return has && (*has == literal.texts[0]) == (node.compare == RuleCompare::equal);
    }
    return compared({number_field(one, node.children[0].texts[0]), 1}, node.compare,
                    {literal.number, literal.type == RuleType::number ? 1'000'000 : 1});
  }

  bool within(std::int64_t time, const RuleNode& window) const {
    switch (window.window) {
      case RuleWindowKind::last:
        return time > now_ - window.from;
      case RuleWindowKind::ago:
        return time > now_ - window.from && time <= now_ - window.to;
      case RuleWindowKind::this_period:
        return period(window.period, time) == period(window.period, now_);
      case RuleWindowKind::previous:
        return period(window.period, time) == period(window.period, now_) - 1;
      case RuleWindowKind::dates:
        return (window.from == RuleNode::no_date || time >= utc(window.from, window.local)) &&
               (window.to == RuleNode::no_date || time < utc(window.to, window.local));
      default:
        break;
    }
    std::set<std::int64_t> anchors;
    for (const One& one : happenings(window.children[0], nullptr)) anchors.insert(one.of.time);
    if (anchors.empty()) return false;
    const std::int64_t anchor = window.flag ? *anchors.rbegin() : *anchors.begin();
    if (window.window == RuleWindowKind::since_anchor) return time >= anchor;
    if (window.window == RuleWindowKind::after_anchor) {
      return time > anchor && (window.from == 0 || time <= anchor + window.from);
    }
    return time < anchor && (window.from == 0 || time >= anchor - window.from);
  }
  std::vector<One> happenings(const RuleNode& stream, const RuleNode* window) const {
    std::vector<One> out = all_of_source(stream);
    std::erase_if(out, [&](const One& one) {
      for (const RuleNode& child : stream.children) {
        if (child.kind == RuleKind::window ? !within(one.of.time, child) : !passes(one, child))
          return true;
      }
      return window != nullptr && !within(one.of.time, *window);
    });
    return out;
  }

  std::optional<Fraction> value(const RuleNode& node) const {
    if (node.kind == RuleKind::literal) {
      if (node.type == RuleType::instant) return Fraction{utc(node.number, node.local), 1};
      return Fraction{node.number, node.type == RuleType::number ? 1'000'000 : 1};
    }
    if (node.kind == RuleKind::attribute) {
      const auto has = text_of(node);
      const auto number = parse_decimal(has.value_or("none"), 6);
      return number ? std::optional(Fraction{*number, 1'000'000}) : std::nullopt;
    }
    if (node.kind == RuleKind::age) {
      const auto since = value(node.children[0]);
      return since ? std::optional(Fraction{now_ - since->number, 1}) : std::nullopt;
    }
    const std::vector<One> all = happenings(node.children[0], nullptr);
    if (node.function == RuleFunction::count) return Fraction{static_cast<Wide>(all.size()), 1};
    if (node.function == RuleFunction::distinct) {
      RuleNode field;
      field.flag = node.flag;
      field.texts = node.texts;
      std::set<std::string> seen;
      for (const One& one : all) {
        if (const auto has = text_field(one, field)) seen.insert(*has);
      }
      return Fraction{static_cast<Wide>(seen.size()), 1};
    }
    std::vector<std::int64_t> values;
    Wide sum = 0;
    for (const One& one : all) {
      values.push_back(node.texts.empty() ? one.of.time : number_field(one, node.texts[0]));
      sum += values.back();
    }
    if (node.function == RuleFunction::sum) return Fraction{sum, 1};
    if (values.empty()) return std::nullopt;
    if (node.function == RuleFunction::average)
      return Fraction{sum, static_cast<Wide>(values.size())};
    const bool least = node.function == RuleFunction::min || node.function == RuleFunction::first;
    return Fraction{least ? *std::min_element(values.begin(), values.end())
                          : *std::max_element(values.begin(), values.end()),
                    1};
  }

  bool did(const RuleNode& node) const {
    std::vector<RuleNode> steps = node.children;
    const RuleNode* window = nullptr;
    if (steps.back().kind == RuleKind::window) {
      steps.pop_back();
      window = &node.children.back();
    }
    return goes_on(steps, 0, 0, window);
  }
  /// Whether the steps from the k-th on can follow a step at `before`.
  bool goes_on(const std::vector<RuleNode>& steps, std::size_t k, std::int64_t before,
               const RuleNode* window) const {
    if (k == steps.size()) return true;
    const RuleNode& step = steps[k];
    if (step.flag) {
      if (now_ - before < step.number) return false;
      for (const One& one : happenings(step.children[0], nullptr)) {
        if (one.of.time > before && one.of.time <= before + step.number) return false;
      }
      return true;
    }
    for (const One& one : happenings(step.children[0], window)) {
      const std::int64_t time = one.of.time;
      if (k > 0) {
        if (time <= before || (step.number != 0 && time - before > step.number)) continue;
        bool cut = false;
        if (step.children.size() > 1) {
          for (const One& other : happenings(step.children[1], nullptr)) {
            cut = cut || (before < other.of.time && other.of.time < time);
          }
        }
        if (cut) continue;
      }
      if (goes_on(steps, k + 1, time, window)) return true;
    }
    return false;
  }

  const TwinShop& shop_;
  const RuleSegments& segments_;
  std::int64_t now_;
  std::vector<Customer> members_;
  std::vector<TwinHappening> own_;
};

}  // namespace emptor::test
