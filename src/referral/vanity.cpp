#include "emptor/referral/vanity.hpp"

namespace emptor {
namespace {

/// What a character of a key looks like.
constexpr char looks_like(char c) noexcept {
  switch (c) {
    case 'Q':
      return '0';
    case 'S':
      return '5';
    case 'B':
      return '8';
    case 'Z':
      return '2';
    case 'G':
      return '6';
    case 'V':
      return 'U';
    default:
      return c;
  }
}

}  // namespace

std::string_view name(CodeRefusal refusal) noexcept {
  switch (refusal) {
    case CodeRefusal::none:
      return "none";
    case CodeRefusal::request_reused:
      return "request_reused";
    case CodeRefusal::nobody:
      return "nobody";
    case CodeRefusal::empty_window:
      return "empty_window";
    case CodeRefusal::exhausted:
      return "exhausted";
    case CodeRefusal::alphabet:
      return "alphabet";
    case CodeRefusal::too_short:
      return "too_short";
    case CodeRefusal::too_long:
      return "too_long";
    case CodeRefusal::bad_word:
      return "bad_word";
    case CodeRefusal::looks_generated:
      return "looks_generated";
    case CodeRefusal::taken:
      return "taken";
    case CodeRefusal::confusable:
      return "confusable";
  }
  return "unknown";
}

CodeRefusal vanity_forms(std::string_view text, const VanityOptions& options,
                         const ReferralCodec& codec, VanityForms& out) {
  out = {};
  std::size_t length = 0;
  for (char c : text) {
    if (detail::is_code_separator(c)) continue;
    const char key = detail::code_character(c);
    if (key == '\0') return CodeRefusal::alphabet;
    if (++length > options.max_length) continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    out.shown.push_back(c);
    out.key.push_back(key);
  }
  if (length < options.min_length) return CodeRefusal::too_short;
  if (length > options.max_length) return CodeRefusal::too_long;
  const std::string_view key = out.key.view();
  for (std::size_t i = 0; i < key.size(); ++i) {
    const char look = looks_like(key[i]);
    const char next = i + 1 < key.size() ? looks_like(key[i + 1]) : '\0';
    if (look == 'R' && next == 'N') {
      out.skeleton.push_back('M'), ++i;
    } else if (look == 'U' && next == 'U') {
      out.skeleton.push_back('W'), ++i;
    } else {
      out.skeleton.push_back(look);
    }
  }
  if (codec.words().found_in_name(out.shown.view())) return CodeRefusal::bad_word;
  if (codec.looks_like_a_code(out.shown.view())) return CodeRefusal::looks_generated;
  return CodeRefusal::none;
}

}  // namespace emptor
