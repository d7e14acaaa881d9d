#include "emptor/referral/code.hpp"

#include <utility>

namespace emptor {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::uint8_t no_symbol = 32;

constexpr auto symbol_of = [] {
  std::array<std::uint8_t, 256> out{};
  for (std::size_t c = 0; c < out.size(); ++c) {
    const char character = detail::code_character(static_cast<char>(c));
    const std::size_t place = character == '\0' ? alphabet.npos : alphabet.find(character);
    out[c] = place == alphabet.npos ? no_symbol : static_cast<std::uint8_t>(place);
  }
  return out;
}();

std::uint64_t capacity_of(const ReferralCodeOptions& options) {
  require_option(options.length >= 5 && options.length <= 13, "length", "in [5, 13]",
                 options.length);
  return std::uint64_t{1} << 5 * (options.length - 1);
}

}  // namespace

std::string_view name(CodeProblem problem) noexcept {
  switch (problem) {
    case CodeProblem::none:
      return "none";
    case CodeProblem::length:
      return "length";
    case CodeProblem::alphabet:
      return "alphabet";
    case CodeProblem::prefix:
      return "prefix";
    case CodeProblem::checksum:
      return "checksum";
    case CodeProblem::bad_word:
      return "bad_word";
    case CodeProblem::not_issued:
      return "not_issued";
    case CodeProblem::not_yet_valid:
      return "not_yet_valid";
    case CodeProblem::expired:
      return "expired";
    case CodeProblem::deactivated:
      return "deactivated";
    case CodeProblem::used_up:
      return "used_up";
    case CodeProblem::request_reused:
      return "request_reused";
  }
  return "unknown";
}

ReferralCodec::ReferralCodec(const SecretKey& key, ReferralCodeOptions options)
    : options_(std::move(options)),
      words_(options_.blocked_words, options_.block_built_in_words),
      permutation_(key, "emptor: order of referral codes", capacity_of(options_)),
      name_hash_(key, "emptor: vanity names of referral codes"),
      fingerprint_(0) {
  require_option(options_.prefix.size() <= 8, "prefix", "of at most 8 characters",
                 options_.prefix.size());
  for (const char c : options_.prefix) {
    const char folded = detail::code_character(c);
    require_option(folded != '\0', "prefix", "of letters A-Z and digits", "another character");
    prefix_.push_back(folded);
  }
  require_option(!words_.found_in(options_.prefix), "prefix", "without blocked words", "one");
  for (char& c : options_.prefix) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  fingerprint_ = KeyedHash(
      key, "emptor: fingerprint of a referral codec")(text(options_.length, ":", prefix_));
}

ReferralCodec::Symbols ReferralCodec::symbols(std::uint64_t serial) const noexcept {
  std::uint64_t value = permutation_.forward(serial);
  const std::size_t payload = options_.length - 1;
  Symbols out{};
  for (std::size_t i = payload; i-- > 0; value >>= 5) out[i] = value & 31;
  out[payload] = detail::code_check({out.data(), payload});
  return out;
}

bool ReferralCodec::spells_word(const Symbols& symbols) const noexcept {
  std::array<char, longest_code + 8> whole;
  std::size_t size = 0;
  for (const char c : options_.prefix) whole[size++] = c;
  for (std::size_t i = 0; i < options_.length; ++i) whole[size++] = alphabet[symbols[i]];
  return words_.found_in({whole.data(), size});
}

ReferralCodeText ReferralCodec::encode(std::uint64_t serial) const {
  if (serial >= capacity()) {
    throw Exception(ErrorCode::out_of_range,
                    text("serial number ", serial, " of ", capacity(), " codes"),
                    "ReferralCodec::encode");
  }
  ReferralCodeText out;
  for (const char c : options_.prefix) out.push_back(c);
  const Symbols code = symbols(serial);
  for (std::size_t i = 0; i < options_.length; ++i) {
    const bool begins = i == 0 ? !prefix_.empty() : options_.group != 0 && i % options_.group == 0;
    if (begins && options_.group != 0) out.push_back('-');
    out.push_back(alphabet[code[i]]);
  }
  return out;
}

bool ReferralCodec::is_clean(std::uint64_t serial) const {
  if (serial >= capacity()) {
    throw Exception(ErrorCode::out_of_range,
                    text("serial number ", serial, " of ", capacity(), " codes"),
                    "ReferralCodec::is_clean");
  }
  return !spells_word(symbols(serial));
}

std::optional<std::uint64_t> ReferralCodec::next_clean(std::uint64_t serial) const {
  for (; serial < capacity(); ++serial) {
    if (is_clean(serial)) return serial;
  }
  return std::nullopt;
}

CodeProblem ReferralCodec::read(std::string_view text, Symbols& out) const noexcept {
  std::size_t at = 0;
  bool prefix_fits = true;
  for (const char c : text) {
    if (detail::is_code_separator(c)) continue;
    if (at < prefix_.size()) {
      const char folded = detail::code_character(c);
      if (folded == '\0') return CodeProblem::alphabet;
      prefix_fits = prefix_fits && folded == prefix_[at];
    } else {
      const std::uint8_t symbol = symbol_of[static_cast<unsigned char>(c)];
      if (symbol == no_symbol) return CodeProblem::alphabet;
      if (at - prefix_.size() == options_.length) return CodeProblem::length;
      out[at - prefix_.size()] = symbol;
    }
    ++at;
  }
  if (at != prefix_.size() + options_.length) return CodeProblem::length;
  return prefix_fits ? CodeProblem::none : CodeProblem::prefix;
}

ReferralCodec::Decoded ReferralCodec::decode(std::string_view text,
                                             std::uint64_t issued) const noexcept {
  Symbols code{};
  if (const CodeProblem problem = read(text, code); problem != CodeProblem::none) {
    return {problem, 0};
  }
  const std::size_t payload = options_.length - 1;
  if (detail::code_check({code.data(), payload}) != code[payload]) {
    return {CodeProblem::checksum, 0};
  }
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < payload; ++i) value = value << 5 | code[i];
  const std::uint64_t serial = permutation_.inverse(value);
  if (spells_word(code)) return {CodeProblem::bad_word, serial};
  return {serial < issued ? CodeProblem::none : CodeProblem::not_issued, serial};
}

bool ReferralCodec::looks_like_a_code(std::string_view text) const noexcept {
  std::size_t length = 0, strange = 0;
  for (const char c : text) {
    if (detail::is_code_separator(c)) continue;
    const bool fits = length < prefix_.size()
                          ? detail::code_character(c) == prefix_[length]
                          : symbol_of[static_cast<unsigned char>(c)] != no_symbol;
    strange += fits ? 0U : 1U;
    ++length;
  }
  return length == prefix_.size() + options_.length && strange <= 2;
}

}  // namespace emptor
