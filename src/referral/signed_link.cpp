#include "emptor/referral/signed_link.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

#include "emptor/core/archive_layout.hpp"
#include "emptor/core/text.hpp"

namespace emptor {
namespace {

constexpr std::size_t signature_bytes = 16, signature_characters = 22;
constexpr std::string_view base64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::int64_t latest_expiry = 253'402'300'799;  // the last second of the year 9999

using Signature = std::array<char, signature_characters>;

constexpr std::string_view head{"emptor link 1\0", 14};

Signature signature_of(const LinkKey& key, std::string_view code, Channel channel,
                       Campaign campaign, Time expires) noexcept {
  std::array<std::byte, head.size() + 20 + ReferralCodeText::longest> message;
  std::byte* to = message.data();
  const auto put = [&to](auto number) {
    detail::store_little(to, number);
    to += sizeof number;
  };
  for (const char c : head) put(c);
  put(key.id);
  put(static_cast<std::uint32_t>(channel));
  put(static_cast<std::uint32_t>(campaign));
  put(std::int64_t{expires.time_since_epoch().count()});
  for (const char c : code) put(c);
  const Sha256Digest digest = key.key.hmac(
      std::span<const std::byte>(message.data(), static_cast<std::size_t>(to - message.data())));
  Signature out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  std::size_t next = 0;
  for (char& c : out) {
    if (held < 6) {
      bits =
          bits << 8 | (next < signature_bytes ? std::to_integer<std::uint32_t>(digest[next]) : 0U);
      ++next;
      held += 8;
    }
    held -= 6;
    c = base64[bits >> held & 63];
  }
  return out;
}

/// Decimal digits alone, at most `most`.
template <class Number>
bool parse_number(std::string_view digits, Number most, Number& out) noexcept {
  if (digits.empty() || digits.front() == '-') return false;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return error == std::errc{} && end == digits.data() + digits.size() && out <= most;
}

bool is_over(Time end, Time now) noexcept {
  return end != Time::max() && now >= end;
}

}  // namespace

std::string_view name(LinkProblem problem) noexcept {
  switch (problem) {
    case LinkProblem::none:
      return "none";
    case LinkProblem::malformed:
      return "malformed";
    case LinkProblem::unknown_key:
      return "unknown_key";
    case LinkProblem::bad_signature:
      return "bad_signature";
    case LinkProblem::expired:
      return "expired";
  }
  return "unknown";
}

LinkSigner::LinkSigner(std::vector<LinkKey> keys, SignedLinkOptions options)
    : keys_(std::move(keys)), options_(std::move(options)) {
  require_option(!keys_.empty() && keys_.size() <= 64, "keys", "1 to 64", keys_.size());
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      require_option(keys_[i].id != keys_[j].id, "keys", "with different ids", keys_[i].id);
    }
    keys_[i].key = keys_[i].key.derive("emptor: signed referral links");
  }
  const std::array<std::string_view, 6> names{options_.code,     options_.channel,
                                              options_.campaign, options_.expires,
                                              options_.key,      options_.signature};
  for (std::size_t i = 0; i < names.size(); ++i) {
    require_option(
        !names[i].empty() && names[i].size() <= 32 && percent_encoded(names[i]) == names[i],
        "names", "1 to 32 letters, digits and - . _ ~ each", names[i]);
    for (std::size_t j = 0; j < i; ++j) {
      require_option(names[i] != names[j], "names", "all different", names[i]);
    }
  }
}

void LinkSigner::append_query(const ReferralLink& link, std::string& out) const {
  if (link.code.empty() || link.code.size() > ReferralCodeText::longest) {
    throw Exception(
        ErrorCode::invalid_value,
        text("a code must have 1 to ", ReferralCodeText::longest, " bytes, got ", link.code.size()),
        "LinkSigner");
  }
  const std::int64_t expires = link.expires.time_since_epoch().count();
  if (link.expires != Time::max() && (expires < 0 || expires > latest_expiry)) {
    throw Exception(ErrorCode::invalid_value, "a link must expire in the years 1970 to 9999",
                    "LinkSigner");
  }
  const LinkKey& key = keys_.back();
  const auto put_number = [&out](std::string_view parameter, auto number) {
    out.push_back('&');
    out.append(parameter);
    out.push_back('=');
    detail::append_text(out, number);
  };
  out.append(options_.code);
  out.push_back('=');
  append_percent_encoded(out, link.code);
  if (link.channel != no_id<Channel>) put_number(options_.channel, index(link.channel));
  if (link.campaign != no_id<Campaign>) put_number(options_.campaign, index(link.campaign));
  if (link.expires != Time::max()) put_number(options_.expires, expires);
  put_number(options_.key, key.id);
  out.push_back('&');
  out.append(options_.signature);
  out.push_back('=');
  const Signature signature =
      signature_of(key, link.code, link.channel, link.campaign, link.expires);
  out.append(signature.data(), signature.size());
}

VerifiedLink LinkSigner::verify(std::string_view url, Time now) const noexcept {
  url = url.substr(0, url.find('#'));
  if (const std::size_t mark = url.find('?'); mark != url.npos) url.remove_prefix(mark + 1);

  enum Part : std::size_t { code, channel, campaign, expires, key, signature, parts };
  std::array<std::string_view, parts> values{};
  const std::array<std::string_view, parts> names{options_.code,     options_.channel,
                                                  options_.campaign, options_.expires,
                                                  options_.key,      options_.signature};
  for (std::size_t at = 0; at <= url.size();) {
    const std::size_t end = std::min(url.find('&', at), url.size());
    const std::string_view parameter = url.substr(at, end - at);
    at = end + 1;
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    const auto found = std::find(names.begin(), names.end(), parameter.substr(0, equals));
    if (found == names.end()) continue;
    std::string_view& value = values[static_cast<std::size_t>(found - names.begin())];
    if (equals + 1 >= parameter.size() || !value.empty()) return {};  // empty, or there twice
    value = parameter.substr(equals + 1);
  }
  VerifiedLink link;
  std::size_t size = 0;
  const bool decodes = percent_decode(values[code], [&](char c) {
    if (size++ < ReferralCodeText::longest) link.code.push_back(c);
  });
  if (!decodes || size == 0 || size > ReferralCodeText::longest) return {};
  constexpr std::uint32_t last_id = static_cast<std::uint32_t>(max_ids - 1);
  if (std::uint32_t id = 0; !values[channel].empty()) {
    if (!parse_number(values[channel], last_id, id)) return {};
    link.channel = Channel{id};
  }
  if (std::uint32_t id = 0; !values[campaign].empty()) {
    if (!parse_number(values[campaign], last_id, id)) return {};
    link.campaign = Campaign{id};
  }
  if (std::int64_t time = 0; !values[expires].empty()) {
    if (!parse_number(values[expires], latest_expiry, time)) return {};
    link.expires = Time{std::chrono::seconds{time}};
  }
  if (!parse_number(values[key], std::uint32_t{0xFFFFFFFF}, link.key)) return {};
  Signature given;
  size = 0;
  const bool fits = percent_decode(values[signature], [&](char c) {
    if (size < given.size()) given[size] = c;
    ++size;
  });
  if (!fits || size != given.size() || std::any_of(given.begin(), given.end(), [](char c) {
        return base64.find(c) == base64.npos;
      })) {
    return {};
  }

  const auto used = std::find_if(keys_.begin(), keys_.end(), [&](const LinkKey& candidate) {
    return candidate.id == link.key;
  });
  if (used == keys_.end() || is_over(used->accepted_until, now)) {
    return {.problem = LinkProblem::unknown_key};
  }
  const Signature right =
      signature_of(*used, link.code.view(), link.channel, link.campaign, link.expires);
  volatile unsigned char different = 0;
  for (std::size_t i = 0; i < right.size(); ++i) {
    different = static_cast<unsigned char>(
        different | (static_cast<unsigned char>(right[i]) ^ static_cast<unsigned char>(given[i])));
  }
  if (different != 0) return {.problem = LinkProblem::bad_signature};
  link.problem = is_over(link.expires, now) ? LinkProblem::expired : LinkProblem::none;
  return link;
}

}  // namespace emptor
