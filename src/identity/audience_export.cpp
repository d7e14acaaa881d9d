#include "emptor/identity/audience_export.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "emptor/identity/email.hpp"
#include "emptor/identity/phone.hpp"

namespace emptor {

namespace {

/// Raw values in the forms that platforms hash; keeps its room.
class KeyTexts {
 public:
  explicit KeyTexts(std::string_view country) : country_(country) {
    (void)phone("+442079460000");  // throws for a country that is not known
  }

  /// The address as written, in lower case: with and without dots at Gmail; null if it is none.
  struct Email {
    std::string dotted, plain;
  };
  const Email* email(std::string_view raw) {
    if (normalise_email(raw, email_, {.provider_rules = false, .plus_tags = false}) !=
        FieldState::usable) {
      return nullptr;
    }
    texts_.dotted = email_.address;
    texts_.plain = email_.address;
    if (email_.domain == "gmail.com" || email_.domain == "googlemail.com") {
      texts_.plain.erase(
          std::remove(texts_.plain.begin(),
                      texts_.plain.end() - static_cast<std::ptrdiff_t>(email_.domain.size() + 1),
                      '.'),
          texts_.plain.end() - static_cast<std::ptrdiff_t>(email_.domain.size() + 1));
    }
    return &texts_;
  }
  /// With its sign; null if it is no number or of no known country.
  const std::string* phone(std::string_view raw) {
    const bool usable =
        normalise_phone(raw, phone_, {.default_country = country_}) == FieldState::usable;
    return usable && phone_.digits.starts_with('+') ? &phone_.digits : nullptr;
  }

 private:
  std::string country_;
  EmailAddress email_;
  Email texts_;
  PhoneNumber phone_;
};

[[nodiscard]] std::string_view without_plus(std::string_view digits) noexcept {
  return digits.substr(1);
}

struct AudienceLine {
  std::optional<Sha256Digest> email, phone;
  friend auto operator<=>(const AudienceLine&, const AudienceLine&) = default;
};

class AudienceWriter {
 public:
  AudienceWriter(const SuppressionList& suppressed, const AudienceOptions& options)
      : suppressed_(suppressed), options_(options), texts_(options.default_country) {}

  template <class Consent>
  void judge(std::span<const AudienceMember> members, std::span<const std::uint32_t> rows,
             Consent&& consent) {
    const Customer customer = members[rows[0]].customer;
    ++report.customers;
    emails_.clear();
    phones_.clear();
    std::size_t unusable = 0;
    bool suppressed = suppressed_.contains(customer);
    for (const std::uint32_t row : rows) {
      suppressed |= read_email(members[row].email, unusable);
      suppressed |= read_phone(members[row].phone, unusable);
    }
    if (suppressed) {
      ++report.suppressed;
      return;
    }
    const ConsentHistory* history = consent(customer);
    if (history == nullptr ||
        !history->may_contact(options_.purpose, options_.channel, options_.at)) {
      ++report.no_consent;
      return;
    }
    if (emails_.empty() && phones_.empty()) {
      ++report.no_usable_key;
      return;
    }
    const std::size_t given = emails_.size() + phones_.size();
    const auto written = [this](const Sha256Digest& key) { return !written_.insert(key).second; };
    std::erase_if(emails_, written);
    std::erase_if(phones_, written);
    if (emails_.empty() && phones_.empty()) {
      ++report.duplicate;
      return;
    }
    ++report.audience;
    report.emails += emails_.size();
    report.phones += phones_.size();
    report.duplicate_keys += given - emails_.size() - phones_.size();
    report.unusable_keys += unusable;
    for (std::size_t i = 0; i < std::max(emails_.size(), phones_.size()); ++i) {
      AudienceLine& line = lines.emplace_back();
      if (i < emails_.size()) line.email = emails_[i];
      if (i < phones_.size()) line.phone = phones_[i];
    }
  }

  AudienceReport report;
  std::vector<AudienceLine> lines;

 private:
  [[nodiscard]] Sha256Digest hashed(std::string_view type, std::string_view value) const {
    return options_.key != nullptr ? pseudonym(*options_.key, options_.partner, type, value)
                                   : sha256(value);
  }
  /// Whether it is suppressed.
  bool read_email(std::string_view raw, std::size_t& unusable) {
    if (raw.empty()) return false;
    const KeyTexts::Email* email = texts_.email(raw);
    if (email == nullptr) {
      unusable += options_.emails ? 1 : 0;
      return false;
    }
    if (options_.emails) {
      const bool dots = options_.convention.gmail_dots && options_.key == nullptr;
      put(emails_, hashed("email", dots ? email->dotted : email->plain));
    }
    return suppressed_.contains(sha256(email->dotted)) ||
           suppressed_.contains(sha256(email->plain));
  }
  bool read_phone(std::string_view raw, std::size_t& unusable) {
    if (raw.empty()) return false;
    const std::string* phone = texts_.phone(raw);
    if (phone == nullptr) {
      unusable += options_.phones ? 1 : 0;
      return false;
    }
    if (options_.phones) {
      const bool plus = options_.convention.phone_plus || options_.key != nullptr;
      put(phones_, hashed("phone", plus ? std::string_view(*phone) : without_plus(*phone)));
    }
    return suppressed_.contains(sha256(*phone)) ||
           suppressed_.contains(sha256(without_plus(*phone)));
  }
  static void put(std::vector<Sha256Digest>& keys, const Sha256Digest& key) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }

  const SuppressionList& suppressed_;
  const AudienceOptions& options_;
  KeyTexts texts_;
  std::vector<Sha256Digest> emails_, phones_;
  std::set<Sha256Digest> written_;
};

}  // namespace

bool SuppressionList::add_email(std::string_view raw) {
  KeyTexts texts({});
  const KeyTexts::Email* email = texts.email(raw);
  if (email == nullptr) return false;
  hashes_.insert(sha256(email->dotted));
  hashes_.insert(sha256(email->plain));
  return true;
}

bool SuppressionList::add_phone(std::string_view raw, std::string_view default_country) {
  KeyTexts texts(default_country);
  const std::string* phone = texts.phone(raw);
  if (phone == nullptr) return false;
  hashes_.insert(sha256(*phone));
  hashes_.insert(sha256(without_plus(*phone)));
  return true;
}

Result<void> SuppressionList::add_hash(std::string_view hex) {
  Sha256Digest digest{};
  bool fits = hex.size() == 2 * digest.size();
  for (std::size_t i = 0; fits && i < hex.size(); ++i) {
    const char c = hex[i];
    const int value = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    fits = value >= 0;
    if (fits) digest[i / 2] = digest[i / 2] << 4 | static_cast<std::byte>(value);
  }
  if (!fits) {
    return Error{ErrorCode::invalid_value,
                 text("a hash must have 64 hexadecimal digits, got ", hex.size(), " characters"),
                 "SuppressionList"};
  }
  hashes_.insert(digest);
  return {};
}

AudienceReport export_audience(std::span<const AudienceMember> members,
                               const SuppressionList& suppressed,
                               FunctionRef<const ConsentHistory*(Customer)> consent,
                               const AudienceOptions& options,
                               FunctionRef<void(std::string_view)> line) {
  require_option(options.emails || options.phones, "emails", "true unless phones are given",
                 options.emails);
  require_option(options.purpose != no_id<Purpose>, "purpose", "that for which consent was asked",
                 "none");
  require_option(options.key == nullptr || !options.partner.empty(), "partner",
                 "named when there is a key", "an empty text");
  require_option(options.partner.find('\0') == std::string::npos, "partner", "without NUL",
                 "a text with NUL");
  AudienceWriter writer(suppressed, options);
  std::vector<std::uint32_t> order;
  for (std::size_t row = 0; row < members.size(); ++row) {
    if (members[row].customer != no_customer) order.push_back(static_cast<std::uint32_t>(row));
  }
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return members[a].customer < members[b].customer;
  });
  for (std::size_t i = 0, end = 0; i < order.size(); i = end) {
    for (end = i;
         end < order.size() && members[order[end]].customer == members[order[i]].customer;) {
      ++end;
    }
    writer.judge(members, std::span(order).subspan(i, end - i), consent);
  }
  std::sort(writer.lines.begin(), writer.lines.end());
  line(std::string(options.convention.header) + "\n");
  std::string out;
  for (const AudienceLine& keys : writer.lines) {
    out.clear();
    if (keys.email) out += to_hex(*keys.email);
    out += ',';
    if (keys.phone) out += to_hex(*keys.phone);
    out += '\n';
    line(out);
  }
  return writer.report;
}

}  // namespace emptor
