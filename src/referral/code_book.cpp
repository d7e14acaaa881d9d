#include "emptor/referral/code_book.hpp"

#include <algorithm>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {
namespace {

constexpr std::uint32_t nowhere = detail::IdPlaces<>::none;

std::uint64_t hashed(const ReferralCodec& codec, char form, std::string_view text) noexcept {
  ReferralCodeText message;
  message.push_back(form);
  for (const char c : text) message.push_back(c);
  return codec.name_hash()(message.view());
}

std::uint64_t key_hash(const ReferralCodec& codec, const VanityForms& forms) noexcept {
  return hashed(codec, 'k', forms.key.view());
}

std::uint64_t skeleton_hash(const ReferralCodec& codec, const VanityForms& forms) noexcept {
  return hashed(codec, 's', forms.skeleton.view());
}

std::int64_t seconds(Time time) noexcept {
  return time.time_since_epoch().count();
}

Time time_of(std::int64_t seconds) noexcept {
  return Time{std::chrono::seconds{seconds}};
}

}  // namespace

CodeBook::CodeBook(ReferralCodec codec, VanityOptions options)
    : codec_(std::move(codec)), options_(options) {
  require_option(options_.min_length >= 3 && options_.min_length <= longest_vanity, "min_length",
                 "in [3, 32]", options_.min_length);
  require_option(
      options_.max_length >= options_.min_length && options_.max_length <= longest_vanity,
      "max_length", "in [min_length, 32]", options_.max_length);
}

const CodeBook::Entry& CodeBook::entry(ReferralCodeId id) const {
  if (index(id) >= entries_.size()) {
    throw Exception(ErrorCode::out_of_range,
                    emptor::text("code ", index(id), " of ", entries_.size()), "CodeBook");
  }
  return entries_[index(id)];
}

CodeBook::Issued CodeBook::refused(std::uint64_t request, const CodeGrant& grant) const noexcept {
  if (const std::uint32_t place = by_request_.find(request); place != nowhere) {
    if (entries_[place].record.grant != grant) return {CodeRefusal::request_reused};
    return {CodeRefusal::none, id_at<ReferralCodeId>(place)};
  }
  if (grant.customer == no_customer) return {CodeRefusal::nobody};
  if (grant.valid.from >= grant.valid.to) return {CodeRefusal::empty_window};
  if (entries_.size() >= max_ids) return {CodeRefusal::exhausted};
  return {};
}

CodeBook::Issued CodeBook::add(Entry entry) {
  const auto place = static_cast<std::uint32_t>(entries_.size());
  const std::uint64_t customer = index(entry.record.grant.customer);
  entry.before = last_of_.find(customer);
  entries_.push_back(entry);
  last_of_.set(customer, place);
  by_request_.set(entry.request, place);
  if (entry.record.vanity) {
    by_name_.set(entry.code, place);
    by_skeleton_.set(entry.skeleton, place);
  } else {
    by_serial_.set(entry.code, place);
    next_serial_ = entry.code + 1;
  }
  return {CodeRefusal::none, id_at<ReferralCodeId>(place)};
}

CodeBook::Issued CodeBook::issue(std::uint64_t request, const CodeGrant& grant) {
  if (const Issued known = refused(request, grant); !known || known.id != no_id<ReferralCodeId>) {
    const bool other = known && entries_[index(known.id)].record.vanity;
    return other ? Issued{CodeRefusal::request_reused} : known;
  }
  const std::optional<std::uint64_t> serial = codec_.next_clean(next_serial_);
  if (!serial) return {CodeRefusal::exhausted};
  Entry entry{};
  entry.record.grant = grant;
  entry.request = request;
  entry.code = *serial;
  return add(entry);
}

bool CodeBook::is_issued(std::string_view text) const noexcept {
  const ReferralCodec::Decoded decoded = codec_.decode(text);
  return (decoded || decoded.problem == CodeProblem::bad_word) &&
         by_serial_.find(decoded.serial) != nowhere;
}

bool CodeBook::slips_into(std::string_view name) const {
  constexpr std::string_view characters = "0123456789ABCDEFGHJKMNPQRSTUVWXYZ";
  const std::size_t length = codec_.options().prefix.size() + codec_.options().length;
  std::string other;
  for (std::size_t at = 0; at < name.size() && name.size() == length + 1; ++at) {
    other.assign(name);
    other.erase(at, 1);
    if (is_issued(other)) return true;
  }
  for (std::size_t at = 0; at <= name.size() && name.size() + 1 == length; ++at) {
    other.assign(name);
    other.insert(at, 1, '0');
    for (const char c : characters) {
      other[at] = c;
      if (is_issued(other)) return true;
    }
  }
  return false;
}

CodeBook::Issued CodeBook::issue_name(std::uint64_t request, const CodeGrant& grant,
                                      std::string_view chosen) {
  const Issued known = refused(request, grant);
  if (!known) return known;
  VanityForms forms;
  const CodeRefusal refusal = vanity_forms(chosen, options_, codec_, forms);
  const std::uint64_t code = key_hash(codec_, forms);
  if (known.id != no_id<ReferralCodeId>) {
    const Entry& before = entries_[index(known.id)];
    const bool whole = refusal != CodeRefusal::alphabet && refusal != CodeRefusal::too_long;
    const bool same = before.record.vanity && whole && before.code == code;
    return same ? known : Issued{CodeRefusal::request_reused};
  }
  if (refusal != CodeRefusal::none) return {refusal};
  if (slips_into(forms.shown.view())) return {CodeRefusal::looks_generated};
  if (by_name_.find(code) != nowhere) return {CodeRefusal::taken};
  const std::uint64_t skeleton = skeleton_hash(codec_, forms);
  if (by_skeleton_.find(skeleton) != nowhere) return {CodeRefusal::confusable};
  Entry entry{};
  entry.record.grant = grant;
  entry.record.vanity = true;
  entry.request = request;
  entry.code = code;
  entry.skeleton = skeleton;
  entry.name = static_cast<std::uint32_t>(names_.size());
  names_.push_back(forms.shown.str());
  return add(entry);
}

CodeBook::Found CodeBook::find(std::string_view text) const noexcept {
  const ReferralCodec::Decoded decoded = codec_.decode(text);
  if (decoded || decoded.problem == CodeProblem::bad_word) {
    const std::uint32_t place = by_serial_.find(decoded.serial);
    if (place != nowhere) return {CodeProblem::none, id_at<ReferralCodeId>(place)};
    return {decoded ? CodeProblem::not_issued : CodeProblem::bad_word};
  }
  if (decoded.problem == CodeProblem::checksum) return {CodeProblem::checksum};
  ReferralCodeText key;
  for (const char c : text) {
    if (detail::is_code_separator(c)) continue;
    const char folded = detail::code_character(c);
    if (folded == '\0') return {CodeProblem::alphabet};
    if (key.view().size() == longest_vanity) return {decoded.problem};
    key.push_back(folded);
  }
  const std::uint32_t place = by_name_.find(hashed(codec_, 'k', key.view()));
  if (place == nowhere) return {decoded.problem};
  return {CodeProblem::none, id_at<ReferralCodeId>(place)};
}

CodeProblem CodeBook::problem_of(const ReferralCodeRecord& record, Time at) const noexcept {
  if (at < record.grant.valid.from) return CodeProblem::not_yet_valid;
  if (at >= record.deactivated) return CodeProblem::deactivated;
  if (at >= record.grant.valid.to) return CodeProblem::expired;
  if (record.grant.usage_limit != 0 && record.uses >= record.grant.usage_limit) {
    return CodeProblem::used_up;
  }
  return CodeProblem::none;
}

CodeProblem CodeBook::standing(ReferralCodeId id, Time at) const {
  return problem_of(entry(id).record, at);
}

CodeBook::Used CodeBook::use(ReferralCodeId id, std::uint64_t use, Time at) {
  ReferralCodeRecord record = entry(id).record;
  if (const std::uint32_t place = by_use_.find(use); place != nowhere) {
    const bool same = uses_[place].code == index(id) && uses_[place].at == at;
    return {same ? CodeProblem::none : CodeProblem::request_reused, same};
  }
  if (const CodeProblem problem = problem_of(record, at); problem != CodeProblem::none) {
    return {problem};
  }
  if (uses_.size() >= max_ids || record.uses == max_ids) {
    throw Exception(ErrorCode::overflow, "a code book holds at most 2^32 - 1 uses",
                    "CodeBook::use");
  }
  uses_.push_back({use, static_cast<std::uint32_t>(index(id)), false, at});
  by_use_.set(use, static_cast<std::uint32_t>(uses_.size() - 1));
  ++entries_[index(id)].record.uses;
  return {};
}

bool CodeBook::release_use(std::uint64_t use) noexcept {
  const std::uint32_t place = by_use_.find(use);
  if (place == nowhere || uses_[place].released) return false;
  uses_[place].released = true;
  --entries_[uses_[place].code].record.uses;
  return true;
}

void CodeBook::deactivate(ReferralCodeId id, Time at) {
  const Entry& checked = entry(id);
  ReferralCodeRecord& record = entries_[index(id)].record;
  record.deactivated = std::min(checked.record.deactivated, at);
}

void CodeBook::erase(Customer customer, Time at) {
  for (std::uint32_t place = last_of_.find(index(customer)); place != nowhere;
       place = entries_[place].before) {
    ReferralCodeRecord& record = entries_[place].record;
    record.deactivated = std::min(record.deactivated, at);
    if (!record.vanity) continue;
    record.erased = true;
    std::string& name = names_[entries_[place].name];
    std::fill(name.begin(), name.end(), '\0');
    name.clear();
  }
}

const ReferralCodeRecord& CodeBook::record(ReferralCodeId id) const {
  return entry(id).record;
}

ReferralCodeText CodeBook::text(ReferralCodeId id) const {
  const Entry& found = entry(id);
  if (!found.record.vanity) return codec_.encode(found.code);
  ReferralCodeText out;
  for (const char c : names_[found.name]) out.push_back(c);
  return out;
}

void CodeBook::codes_of(Customer customer, std::vector<ReferralCodeId>& out) const {
  const auto first = static_cast<std::ptrdiff_t>(out.size());
  for (std::uint32_t place = last_of_.find(index(customer)); place != nowhere;
       place = entries_[place].before) {
    out.push_back(id_at<ReferralCodeId>(place));
  }
  std::reverse(out.begin() + first, out.end());
}

std::vector<std::byte> CodeBook::save() const {
  ArchiveWriter writer("code-book", 1);
  SectionWriter& codes = writer.section("codes");
  codes.put(codec_.fingerprint());
  codes.put(std::uint64_t{entries_.size()});
  for (const Entry& entry : entries_) {
    const CodeGrant& grant = entry.record.grant;
    codes.put(entry.request);
    codes.put(entry.code);
    codes.put(grant.customer);
    codes.put(grant.programme);
    codes.put(grant.campaign);
    codes.put(grant.channel);
    codes.put(grant.usage_limit);
    codes.put(seconds(grant.issued));
    codes.put(seconds(grant.valid.from));
    codes.put(seconds(grant.valid.to));
    codes.put(seconds(entry.record.deactivated));
    codes.put(entry.record.vanity);
    if (!entry.record.vanity) continue;
    codes.put(entry.skeleton);
    codes.put_text(names_[entry.name]);
  }
  SectionWriter& section = writer.section("uses");
  std::vector<Use> uses = uses_;
  std::sort(uses.begin(), uses.end(), [](const Use& a, const Use& b) { return a.id < b.id; });
  section.put(std::uint64_t{uses.size()});
  for (const Use& use : uses) {
    section.put(use.id);
    section.put(use.code);
    section.put(use.released);
    section.put(seconds(use.at));
  }
  return std::move(writer).finish();
}

Result<CodeBook> CodeBook::load(std::span<const std::byte> archive, ReferralCodec codec,
                                VanityOptions options) {
  Result<ArchiveReader> reader = ArchiveReader::open(archive, "code-book", 1);
  if (!reader) return reader.error();
  Result<SectionReader> codes = reader->section("codes");
  if (!codes) return codes.error();
  CodeBook book(std::move(codec), options);
  if (codes->get<std::uint64_t>() != book.codec_.fingerprint() && codes->ok()) {
    return Error{ErrorCode::invalid_value,
                 "the codes must be read with the key, length and prefix they were issued with",
                 "CodeBook::load"};
  }
  const auto count = codes->get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && codes->ok(); ++i) {
    Entry entry{};
    CodeGrant& grant = entry.record.grant;
    entry.request = codes->get<std::uint64_t>();
    entry.code = codes->get<std::uint64_t>();
    grant.customer = codes->get<Customer>();
    grant.programme = codes->get<Programme>();
    grant.campaign = codes->get<Campaign>();
    grant.channel = codes->get<Channel>();
    grant.usage_limit = codes->get<std::uint32_t>();
    grant.issued = time_of(codes->get<std::int64_t>());
    grant.valid.from = time_of(codes->get<std::int64_t>());
    grant.valid.to = time_of(codes->get<std::int64_t>());
    entry.record.deactivated = time_of(codes->get<std::int64_t>());
    entry.record.vanity = codes->get<bool>();
    codes->require(book.by_request_.find(entry.request) == nowhere, "a request occurs twice");
    codes->require(grant.customer != no_customer && grant.valid.from < grant.valid.to,
                   "a code that could not have been issued");
    if (entry.record.vanity) {
      entry.skeleton = codes->get<std::uint64_t>();
      std::string name = codes->get_text();
      entry.record.erased = name.empty();
      if (!entry.record.erased) {
        VanityForms forms;
        const CodeRefusal refusal =
            vanity_forms(name, {.min_length = 3, .max_length = longest_vanity}, book.codec_, forms);
        // Words may have been added since, and hide a name that looks generated as well.
        const bool fits = (refusal == CodeRefusal::none || refusal == CodeRefusal::bad_word) &&
                          forms.shown.view() == name &&
                          key_hash(book.codec_, forms) == entry.code &&
                          skeleton_hash(book.codec_, forms) == entry.skeleton;
        codes->require(fits, "a name that could not have been issued");
      }
      codes->require(book.by_name_.find(entry.code) == nowhere &&
                         book.by_skeleton_.find(entry.skeleton) == nowhere,
                     "a name occurs twice");
      entry.name = static_cast<std::uint32_t>(book.names_.size());
      book.names_.push_back(std::move(name));
    } else {
      codes->require(entry.code >= book.next_serial_ && entry.code < book.codec_.capacity(),
                     "a serial number out of order");
    }
    if (codes->ok()) book.add(entry);
  }
  if (Result<void> done = codes->finish(); !done) return done.error();

  Result<SectionReader> section = reader->section("uses");
  if (!section) return section.error();
  const auto uses = section->get<std::uint64_t>();
  for (std::uint64_t i = 0; i < uses && section->ok(); ++i) {
    Use use{};
    use.id = section->get<std::uint64_t>();
    use.code = section->get<std::uint32_t>();
    use.released = section->get<bool>();
    use.at = time_of(section->get<std::int64_t>());
    section->require(use.code < book.entries_.size(), "a use of a code that is none");
    section->require(i == 0 || (!book.uses_.empty() && book.uses_.back().id < use.id),
                     "uses out of order");
    if (!section->ok()) break;
    ReferralCodeRecord& record = book.entries_[use.code].record;
    record.uses += use.released ? 0U : 1U;
    section->require(record.grant.usage_limit == 0 || record.uses <= record.grant.usage_limit,
                     "more uses than allowed");
    book.by_use_.set(use.id, static_cast<std::uint32_t>(book.uses_.size()));
    book.uses_.push_back(use);
  }
  if (Result<void> done = section->finish(); !done) return done.error();
  return book;
}

}  // namespace emptor
