#include "referral_file.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "emptor/ingest/records_csv.hpp"
#include "people_file.hpp"

namespace storefront {
namespace {

using emptor::Customer;
using emptor::ReferralMethod;
using emptor::ReferralTouch;
using emptor::TouchKind;

/// The file's columns by their names.
struct Columns {
  explicit Columns(const emptor::Records& records)
      : time(records.find_column("time")),
        kind(records.find_column("kind")),
        channel(records.find_column("channel")),
        method(records.find_column("method")),
        code(records.find_column("code")),
        referrer(records.find_column("referrer")),
        customer(records.find_column("customer")),
        visitor(records.find_column("visitor")),
        device(records.find_column("device")) {}
  std::optional<std::size_t> time, kind, channel, method, code, referrer, customer, visitor, device;
};

std::optional<TouchKind> kind_of(std::string_view word) {
  if (word == "share") return TouchKind::share;
  if (word == "click") return TouchKind::click;
  if (word == "claim") return TouchKind::claim;
  return std::nullopt;
}

ReferralMethod method_of(std::string_view word, bool has_code) {
  for (std::size_t m = 0; m < emptor::referral_methods; ++m) {
    const auto method = static_cast<ReferralMethod>(m);
    if (word == name(method)) return method;
  }
  if (!word.empty()) return ReferralMethod::other;
  return has_code ? ReferralMethod::code : ReferralMethod::link;
}

/// Codes as people write them: case, blanks and hyphens do not matter.
std::string plain_code(std::string_view code) {
  std::string out;
  for (const char c : code) {
    if (c == '-' || c == ' ') continue;
    out.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return out;
}

class Reader {
 public:
  Reader(const emptor::Records& records, const PersonOfKey& person_of, TouchesFile& out)
      : records_(records), columns_(records), person_of_(person_of), out_(out) {}

  void learn_codes() {
    if (!columns_.code || !columns_.referrer) return;
    for (std::size_t r = 0; r < records_.size(); ++r) {
      const std::string code = plain_code(value(r, columns_.code));
      if (code.empty()) continue;
      if (const auto owner = person_of_(value(r, columns_.referrer))) codes_.emplace(code, *owner);
    }
  }

  void read(std::size_t row) {
    TouchQuality& quality = out_.quality;
    FileTouch one;
    ReferralTouch& touch = one.touch;
    touch.id = row;
    touch.time = time_from(value(row, columns_.time));
    if (touch.time == emptor::Time::min()) return count(quality.no_time);
    const auto kind = kind_of(value(row, columns_.kind));
    if (!kind) return count(quality.no_kind);
    touch.kind = *kind;
    const std::string_view code = value(row, columns_.code);
    touch.method = method_of(value(row, columns_.method), !code.empty());
    if (const std::string_view key = value(row, columns_.referrer); !key.empty()) {
      const auto referrer = person_of_(key);
      if (!referrer) return count(quality.unknown);
      touch.referrer = *referrer;
    } else {
      const auto known = codes_.find(plain_code(code));
      if (known == codes_.end()) return count(quality.unknown_code);
      touch.referrer = known->second;
    }
    if (const std::string_view key = value(row, columns_.visitor); !key.empty()) {
      one.visitor = visitors_.add(key);
    }
    if (const std::string_view key = value(row, columns_.customer); !key.empty()) {
      const auto customer = person_of_(key);
      if (!customer) return count(quality.unknown);
      touch.customer = *customer;
    } else {
      touch.visitor = one.visitor;
    }
    if (touch.kind != TouchKind::share && touch.customer == emptor::no_customer &&
        touch.visitor == emptor::no_visitor) {
      return count(quality.nobody);
    }
    const std::string_view channel = value(row, columns_.channel);
    if (!channel.empty()) touch.channel = out_.channels.add(channel);
    touch.campaign = emptor::Campaign{0};
    one.device = value(row, columns_.device);
    ++quality.kept;
    out_.touches.push_back(std::move(one));
  }

 private:
  [[nodiscard]] std::string_view value(std::size_t row, std::optional<std::size_t> column) const {
    return column ? records_.value(emptor::id_at<emptor::Record>(row), *column)
                  : std::string_view{};
  }
  static void count(std::uint64_t& reason) { ++reason; }

  const emptor::Records& records_;
  Columns columns_;
  const PersonOfKey& person_of_;
  TouchesFile& out_;
  std::unordered_map<std::string, Customer> codes_;
  emptor::Keys<emptor::Visitor> visitors_;
};

}  // namespace

emptor::Result<TouchesFile> read_touches(const std::string& path, const PersonOfKey& person_of,
                                         const emptor::Context& context) {
  auto read = emptor::read_records(path, {}, context);
  if (!read) return read.error();
  const Columns columns(read->records);
  if (!columns.time || !columns.kind || (!columns.code && !columns.referrer)) {
    return emptor::Error{emptor::ErrorCode::invalid_value,
                         "touches need the columns time, kind, and referrer or code", path};
  }
  TouchesFile out;
  out.file = std::move(read->quality);
  out.quality.rows = out.file.rows_read;
  out.quality.unsound = out.file.rows_rejected();
  Reader reader(read->records, person_of, out);
  reader.learn_codes();
  for (std::size_t r = 0; r < read->records.size(); ++r) reader.read(r);
  return out;
}

}  // namespace storefront
