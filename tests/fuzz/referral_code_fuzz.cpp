// Referral codes and chosen names from any text: refused, or read as the code that they are; code
// books and contests from any bytes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/referral/code_book.hpp"
#include "emptor/referral/contest.hpp"

namespace {

using namespace emptor;

void require(bool condition) {
  if (!condition) std::abort();
}

const ReferralCodec& codec() {
  static const ReferralCodec instance(SecretKey("a key of thirty-two bytes, or so"),
                                      {.prefix = "GO"});
  return instance;
}

void decode(std::string_view text) {
  const ReferralCodec::Decoded got = codec().decode(text);
  if (!got) return;
  const ReferralCodeText code = codec().encode(got.serial);
  require(codec().decode(code.view()).serial == got.serial);
  require(codec().is_clean(got.serial) && codec().looks_like_a_code(text));
}

void choose(std::string_view text) {
  CodeBook book(codec());
  const CodeGrant grant{.customer = Customer{1}};
  const CodeBook::Issued issued = book.issue_name(1, grant, text);
  if (!issued) {
    require(book.size() == 0);
    return;
  }
  require(book.find(text).id == issued.id);
  require(book.find(book.text(issued.id).view()).id == issued.id);
  const Result<CodeBook> back = CodeBook::load(book.save(), codec());
  require(back.has_value() && back->find(text).id == issued.id);
}

template <class Fill>
std::vector<std::byte> archive(std::string_view kind, Fill&& fill) {
  ArchiveWriter writer(kind, 1);
  fill(writer);
  return std::move(writer).finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  decode(text);
  choose(text);
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto half = bytes.size() / 2;
  const auto fill = [](SectionWriter& section, std::span<const std::byte> content) {
    for (const std::byte byte : content) section.put(byte);
  };
  const auto book_bytes = archive("code-book", [&](ArchiveWriter& writer) {
    SectionWriter& codes = writer.section("codes");
    codes.put(codec().fingerprint());
    fill(codes, bytes.first(half));
    fill(writer.section("uses"), bytes.subspan(half));
  });
  if (const Result<CodeBook> book = CodeBook::load(book_bytes, codec())) {
    require(book->save() == book_bytes);
  }
  const auto contest_bytes = archive("contest", [&](ArchiveWriter& writer) {
    const std::size_t options = std::min<std::size_t>(42, bytes.size());
    fill(writer.section("options"), bytes.first(options));
    fill(writer.section("events"), bytes.subspan(options));
  });
  if (const Result<Contest> contest = Contest::load(contest_bytes)) {
    require(contest->save() == contest_bytes);
  }
  return 0;
}
