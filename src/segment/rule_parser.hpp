#pragma once
// Recursive descent over the words of a rule; types and names are checked where they stand.
// rule_parser.cpp has the conditions and values, rule_parser_parts.cpp literals, streams, windows.

#include <string>
#include <string_view>
#include <vector>

#include "emptor/segment/rule.hpp"
#include "emptor/table/consent.hpp"
#include "segment/rule_fields.hpp"
#include "segment/rule_lexer.hpp"

namespace emptor::detail {

/// Throws what is wrong as an Exception with its place.
class RuleParser {
 public:
  RuleParser(std::string_view rule_text, const RuleSchema& schema)
      : text_(rule_text), schema_(schema), tokens_(rule_tokens(rule_text)) {}
  [[nodiscard]] RuleNode whole();

 private:
  class Level;

  RuleNode rule();
  RuleNode conjunction();
  RuleNode unary();
  RuleNode k_of();
  RuleNode fact();
  RuleNode comparison();
  RuleNode compared(RuleNode left, RuleCompare compare, const RuleToken& sign,
                    const RuleToken& begin, RuleNode right);
  RuleNode list(RuleNode left, const RuleToken& begin);
  RuleNode operand();
  RuleNode value();
  RuleNode attribute();
  RuleNode aggregate(RuleFunction function);
  RuleNode field();
  std::string read_field_name(bool& column);
  RuleField find_field(const RuleNode& stream, std::string_view field_name, bool column,
                       std::size_t place, RuleFieldUse use);
  void check_text(const RuleNode& of, std::string_view word, std::size_t place, bool bare);

  RuleNode literal();
  RuleNode date_literal();
  void to_shop_money(RuleNode& literal);
  RuleNode sequence();
  RuleNode step(bool first);
  RuleNode stream(bool windows);
  RuleNode source();
  void filter(RuleNode& stream);
  bool at_window() const;
  RuleNode window();
  RuleNode anchored(RuleNode window);
  std::int64_t duration(bool zero);
  std::int64_t units(const RuleToken& number, const RuleToken& unit);
  std::int64_t whole_number(std::string_view what);
  std::string quoted(std::string_view what);
  std::string known_text(std::string_view what, const std::vector<std::string>& known);

  [[nodiscard]] const RuleToken& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  const RuleToken& next() {
    const RuleToken& token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  [[nodiscard]] bool is_name(std::string_view word, std::size_t ahead = 0) const {
    return peek(ahead).kind == RuleTokenKind::name && peek(ahead).word == word;
  }
  bool accept(std::string_view word);
  bool accept_sign(std::string_view sign);
  void expect(std::string_view word);
  void expect_sign(std::string_view sign);
  [[nodiscard]] static std::string shown(const RuleToken& token);
  [[noreturn]] void fail(std::size_t place, ErrorCode code, std::string message) const {
    fail_rule(text_, place, code, std::move(message));
  }

  std::string_view text_;
  const RuleSchema& schema_;
  std::vector<RuleToken> tokens_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  const RuleNode* filtered_ = nullptr;  // the stream whose filter is being read
};

/// As `parse_rule`, throwing.
[[nodiscard]] RuleNode parsed_rule(std::string_view text, const RuleSchema& schema);

}  // namespace emptor::detail
