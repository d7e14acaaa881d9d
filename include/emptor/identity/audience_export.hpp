#pragma once
// Audiences for advertising platforms and partners: hashed keys of the customers who may be given
// to them, and an account of everybody who was left out.
//
// A plain SHA-256 of an e-mail address or a telephone number is what platforms match by; it hides
// nothing from who has a list of addresses or tries all numbers, so it is data about people and
// needs their consent. A partner of one's own is better given keyed pseudonyms
// (identity/pseudonym.hpp).
//
// Conventions, as the platforms publish them (2022 to 2026): all trim and lower-case e-mail
// addresses. Google (Customer Match, Campaign Manager 360) wants dots out of gmail.com and
// googlemail.com names, and numbers as E.164 with "+". Meta wants digits only, with the country
// code; Snap as Meta; TikTok with "+".
//
// Each customer is judged in this order, and the first that holds counts:
//  1. suppressed: any key of the customer is on the list, or the customer itself. A person who said
//     no with one address is left out with all.
//  2. no consent: not `granted` for the purpose and channel at the time (table/consent.hpp).
//  3. no usable key: nothing but missing, placeholder and malformed values, or numbers without a
//     country.
//  4. duplicate: all keys were in the audience already.
// Lines come sorted by their hashes, so that their order tells nothing of the host's table.
//
// Cost: 1 to 3 µs a key. Memory: 64 bytes a key. Thread safety: pure functions; a list as a
// std::vector.

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/sha256.hpp"
#include "emptor/core/time.hpp"
#include "emptor/identity/pseudonym.hpp"
#include "emptor/table/consent.hpp"

namespace emptor {

/// How keys are written before they are hashed.
struct AudienceConvention {
  bool gmail_dots = true;  ///< false: dots in names at Gmail (googlemail.com, too) are taken out
  bool phone_plus = true;  ///< "+442079460000"; false: digits only
  std::string_view header = "email,phone";  ///< the first line
};
inline constexpr AudienceConvention google_audience{false, true, "Email,Phone"};
inline constexpr AudienceConvention meta_audience{true, false, "email,phone"};
inline constexpr AudienceConvention tiktok_audience{true, true, "email,phone"};

/// One row a pair of raw values; a customer may have several rows, in any order.
struct AudienceMember {
  Customer customer = no_customer;  ///< the owner
  std::string_view email{};
  std::string_view phone{};
};

/// Who must not be in any audience. Holds hashes alone.
class SuppressionList {
 public:
  void add(Customer customer) { customers_.insert(customer); }
  /// Raw values, under all conventions. Whether there was something to add: not for values that are
  /// no address, and for numbers without a country.
  EMPTOR_API bool add_email(std::string_view raw);
  EMPTOR_API bool add_phone(std::string_view raw, std::string_view default_country = {});
  /// SHA-256 in 64 hexadecimal digits of either case, of any convention. Error: `invalid_value`.
  [[nodiscard]] EMPTOR_API Result<void> add_hash(std::string_view hex);

  [[nodiscard]] bool contains(Customer customer) const { return customers_.contains(customer); }
  [[nodiscard]] bool contains(const Sha256Digest& hash) const { return hashes_.contains(hash); }
  [[nodiscard]] std::size_t size() const noexcept { return customers_.size() + hashes_.size(); }

 private:
  std::set<Customer> customers_;
  std::set<Sha256Digest> hashes_;
};

struct AudienceOptions {
  AudienceConvention convention = meta_audience;
  /// Not null: HMAC pseudonyms under this key and `partner` instead of plain SHA-256.
  const SecretKey* key = nullptr;
  std::string partner{};              ///< the pseudonyms' purpose; needed with a key; without NUL
  bool emails = true, phones = true;  ///< which keys are given; at least one
  std::string default_country{};      ///< ISO 3166 of numbers without +; empty: not known
  Purpose purpose = no_id<Purpose>;   ///< consent is asked for; needed
  Channel channel = all_channels;
  Time at{};  ///< when
};

/// customers = audience + suppressed + no_consent + no_usable_key + duplicate.
struct AudienceReport {
  std::size_t customers = 0;
  std::size_t audience = 0;  ///< customers with at least one line
  std::size_t suppressed = 0;
  std::size_t no_consent = 0;
  std::size_t no_usable_key = 0;
  std::size_t duplicate = 0;
  // Of keys, of the customers in the audience:
  std::size_t emails = 0;          ///< written
  std::size_t phones = 0;          ///< written
  std::size_t duplicate_keys = 0;  ///< written already
  std::size_t unusable_keys = 0;   ///< given, but no usable address or number
  friend bool operator==(const AudienceReport&, const AudienceReport&) = default;
};

/// Writes the header and then a line an e-mail address and number, "<hash>,<hash>" with either left
/// empty, each ending on "\n", to `line`. `consent` gives a customer's history (of all customers
/// who are one), or null for none. Members without a customer are left out and not counted. Throws
/// `invalid_option`.
EMPTOR_API AudienceReport export_audience(std::span<const AudienceMember> members,
                                          const SuppressionList& suppressed,
                                          FunctionRef<const ConsentHistory*(Customer)> consent,
                                          const AudienceOptions& options,
                                          FunctionRef<void(std::string_view)> line);

}  // namespace emptor
