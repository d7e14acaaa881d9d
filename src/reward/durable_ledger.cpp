#include "emptor/reward/durable_ledger.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "emptor/core/archive_layout.hpp"
#include "emptor/core/checksum.hpp"
#include "emptor/core/text.hpp"

namespace emptor {
namespace {

constexpr std::string_view log_magic = "emptorLG";
constexpr std::uint32_t log_format = 1;
constexpr std::uint32_t frame_magic = 0x6672'4D45;  // "EMrf"
constexpr std::size_t frame_head_bytes = 32;
constexpr std::size_t frame_tail_bytes = 40;  // digest, checksum

/// The head of a frame, and how it stands in the log.
struct FrameHead {
  std::uint32_t magic = frame_magic;
  std::uint32_t payload = 0;    // bytes
  std::uint32_t entries = 0;    // 0: a closing frame
  std::uint32_t transfers = 0;  // among the entries
  std::uint64_t number = 0;     // 0, 1, …
  std::uint64_t durable = 0;    // frames known to be on disk when this one was written

  void store(std::byte* to) const {
    detail::store_little(to, magic);
    detail::store_little(to + 4, payload);
    detail::store_little(to + 8, entries);
    detail::store_little(to + 12, transfers);
    detail::store_little(to + 16, number);
    detail::store_little(to + 24, durable);
  }
  static FrameHead load(const std::byte* from) {
    return {detail::load_little<std::uint32_t>(from),
            detail::load_little<std::uint32_t>(from + 4),
            detail::load_little<std::uint32_t>(from + 8),
            detail::load_little<std::uint32_t>(from + 12),
            detail::load_little<std::uint64_t>(from + 16),
            detail::load_little<std::uint64_t>(from + 24)};
  }
  [[nodiscard]] std::uint64_t bytes() const {
    return frame_head_bytes + std::uint64_t{payload} + frame_tail_bytes;
  }
};

/// Magic, format, length of the name, name, checksum.
std::vector<std::byte> log_header(std::string_view name) {
  std::vector<std::byte> out(log_magic.size() + 8 + name.size() + 8);
  std::memcpy(out.data(), log_magic.data(), log_magic.size());
  detail::store_little(out.data() + 8, log_format);
  detail::store_little(out.data() + 12, static_cast<std::uint32_t>(name.size()));
  if (!name.empty()) std::memcpy(out.data() + 16, name.data(), name.size());
  detail::store_little(out.data() + out.size() - 8, xxh64(std::span(out).first(out.size() - 8)));
  return out;
}

Error damaged(std::string_view what, std::uint64_t frame, std::uint64_t at) {
  return Error{ErrorCode::corrupt, text("frame ", frame, " at byte ", at, ": ", what),
               "ledger log"};
}

/// Reads a store through a window, so that small frames do not cost a call each.
class StoreWindow {
 public:
  StoreWindow(LedgerStore& store, std::uint64_t size) : store_(store), size_(size) {}

  /// Bytes [at, at + count) of the store, which must lie within its size; valid until the next
  /// call.
  Result<std::span<const std::byte>> bytes(std::uint64_t at, std::uint64_t count) {
    if (at < from_ || at + count > from_ + have_) {
      const std::uint64_t want = std::min(size_ - at, std::max(count, window));
      buffer_.resize(std::max(buffer_.size(), static_cast<std::size_t>(want)));
      from_ = at;
      have_ = 0;
      while (have_ < want) {
        const Result<std::size_t> got = store_.read(
            at + have_, std::span(buffer_).subspan(have_, static_cast<std::size_t>(want) - have_));
        if (!got) return got.error();
        if (*got == 0) {
          return Error{ErrorCode::io, "the log became shorter while it was read", "ledger log"};
        }
        have_ += *got;
      }
    }
    return std::span<const std::byte>(buffer_).subspan(static_cast<std::size_t>(at - from_),
                                                       static_cast<std::size_t>(count));
  }
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  static constexpr std::uint64_t window = std::uint64_t{1} << 20;
  LedgerStore& store_;
  std::uint64_t size_;
  std::vector<std::byte> buffer_;
  std::uint64_t from_ = 0;
  std::size_t have_ = 0;
};

/// The frame at `at` if it is whole: its head, payload and digest, checksum verified.
struct WholeFrame {
  bool whole = false;
  FrameHead head;
  std::span<const std::byte> payload;
  Sha256Digest chain{};
};

Result<WholeFrame> frame_at(StoreWindow& log, std::uint64_t at) {
  WholeFrame out;
  if (log.size() - at < frame_head_bytes + frame_tail_bytes) return out;
  const Result<std::span<const std::byte>> head = log.bytes(at, frame_head_bytes);
  if (!head) return head.error();
  out.head = FrameHead::load(head->data());
  if (out.head.magic != frame_magic || out.head.bytes() > log.size() - at) return out;
  const Result<std::span<const std::byte>> all = log.bytes(at, out.head.bytes());
  if (!all) return all.error();
  const std::span<const std::byte> covered = all->first(all->size() - 8);
  if (xxh64(covered) != detail::load_little<std::uint64_t>(all->data() + covered.size())) {
    return out;
  }
  out.payload = all->subspan(frame_head_bytes, out.head.payload);
  std::memcpy(out.chain.data(), out.payload.data() + out.payload.size(), out.chain.size());
  out.whole = true;
  return out;
}

/// Whether a whole frame behind `at` says that frame `number` was on disk.
Result<bool> was_durable(StoreWindow& log, std::uint64_t at, std::uint64_t number) {
  while (log.size() - at > frame_head_bytes + frame_tail_bytes) {
    ++at;
    const std::uint64_t count = std::min<std::uint64_t>(log.size() - at, 4096);
    const Result<std::span<const std::byte>> part = log.bytes(at, count);
    if (!part) return part.error();
    // To the next byte that could start a frame.
    const void* const found = std::memchr(part->data(), frame_magic & 0xFF, part->size());
    if (found == nullptr) {
      at += count - 1;
      continue;
    }
    at += static_cast<std::uint64_t>(static_cast<const std::byte*>(found) - part->data());
    const Result<WholeFrame> frame = frame_at(log, at);
    if (!frame) return frame.error();
    if (frame->whole && frame->head.number > number && frame->head.durable > number) return true;
  }
  return false;
}

}  // namespace

DurableLedger::DurableLedger(std::unique_ptr<LedgerStore> store,
                             const DurableLedgerOptions& options, const Context& context)
    : options_(options),
      kernels_(context.kernels),
      store_(std::move(store)),
      ledger_(std::make_unique<Ledger>(options.ledger)),
      chain_(first_chain_digest(options.name)) {}

Result<DurableLedger> DurableLedger::open_file(const std::string& path,
                                               const DurableLedgerOptions& options,
                                               const Context& context) {
  Result<std::unique_ptr<LedgerStore>> store = FileLedgerStore::open(path);
  if (!store) return store.error();
  return open(std::move(*store), options, context);
}

Result<DurableLedger> DurableLedger::open(std::unique_ptr<LedgerStore> store,
                                          const DurableLedgerOptions& options,
                                          const Context& context) {
  require_option(options.name.size() <= 255, "name", "at most 255 bytes long", options.name.size());
  if (store == nullptr) {
    throw Exception(ErrorCode::invalid_value, "there must be a store", "DurableLedger::open");
  }
  DurableLedger out(std::move(store), options, context);
  if (Result<void> done = out.recover(); !done) return done.error();
  return out;
}

/// Writes the log's header into an empty store.
Result<void> DurableLedger::start() {
  recovery_.created = true;
  frame_ = log_header(options_.name);
  if (Result<void> done = store_->truncate(0); !done) return done;
  if (Result<void> done = write_all(); !done) return done;
  recovery_.bytes = end_;
  return synchronise();
}

Result<void> DurableLedger::recover() {
  const Result<std::uint64_t> size = store_->size();
  if (!size) return size.error();
  if (*size == 0) return start();
  StoreWindow log(*store_, *size);
  const std::vector<std::byte> expected = log_header(options_.name);
  const std::uint64_t shorter = std::min<std::uint64_t>(*size, expected.size());
  const Result<std::span<const std::byte>> header = log.bytes(0, shorter);
  if (!header) return header.error();
  if (!std::equal(header->begin(), header->end(), expected.begin(),
                  expected.begin() + static_cast<std::ptrdiff_t>(shorter)) ||
      *size < expected.size()) {
    // A header that was being written when the power went: parts of it, or nothing yet.
    const bool torn =
        *size <= expected.size() &&
        std::equal(header->begin(), header->end(), expected.begin(),
                   [](std::byte a, std::byte b) { return a == b || a == std::byte{}; });
    if (torn && options_.accept_torn_tail) {
      recovery_.torn_bytes = *size;
      return start();
    }
    if (*size >= 16 && std::memcmp(header->data(), log_magic.data(), log_magic.size()) == 0) {
      if (detail::load_little<std::uint32_t>(header->data() + 8) > log_format) {
        return Error{ErrorCode::unsupported, "the log's format is newer than this library",
                     "ledger log"};
      }
      return Error{ErrorCode::invalid_value, "the log has another name, or its header is damaged",
                   "ledger log"};
    }
    return Error{ErrorCode::invalid_value, "not a ledger's log: the first bytes are wrong",
                 "ledger log"};
  }

  end_ = expected.size();
  while (end_ < *size) {
    const Result<WholeFrame> frame = frame_at(log, end_);
    if (!frame) return frame.error();
    if (!frame->whole) {
      const Result<bool> lost = was_durable(log, end_, frames_);
      if (!lost) return lost.error();
      if (*lost) return damaged("damaged, though later ones are whole", frames_, end_);
      if (!options_.accept_torn_tail) return damaged("torn or damaged", frames_, end_);
      break;
    }
    if (frame->head.number != frames_) return damaged("out of sequence", frames_, end_);
    if (frame->chain != chain_digest(chain_, frame->payload, kernels_)) {
      return damaged("not the one that followed when the log was written", frames_, end_);
    }
    const Result<void> replayed = replay_ledger_entries(*ledger_, frame->payload);
    if (!replayed) return damaged(replayed.error().message, frames_, end_);
    chain_ = frame->chain;
    ++frames_;
    end_ += frame->head.bytes();
    recovery_.transfers += frame->head.transfers;
    closed_ = frame->head.entries == 0;
  }
  encoder_.skip_to_end(*ledger_);
  recovery_.frames = frames_;
  recovery_.closed = closed_;
  recovery_.bytes = end_;
  if (encoder_.transfers() != recovery_.transfers) {
    return Error{ErrorCode::corrupt, "the frames count other transfers than they hold",
                 "ledger log"};
  }
  if (end_ < *size) {
    recovery_.torn_bytes = *size - end_;
    if (Result<void> done = store_->truncate(end_); !done) return done;
  }
  // What was replayed may never have been synchronised by the process that wrote it.
  return synchronise();
}

Result<void> DurableLedger::write_all() {
  std::span<const std::byte> left = frame_;
  while (!left.empty()) {
    const Result<std::size_t> wrote = store_->append(left);
    if (!wrote || *wrote == 0) {
      // What came after the last whole frame must go: it would be damage once others follow it.
      if (Result<void> undone = store_->truncate(end_); !undone) failed_ = undone.error();
      return wrote ? Error{ErrorCode::io, "the store takes no more bytes", "ledger log"}
                   : wrote.error();
    }
    left = left.subspan(*wrote);
  }
  end_ += frame_.size();
  return {};
}

Result<void> DurableLedger::synchronise() {
  if (Result<void> done = store_->sync(); !done) {
    failed_ = done.error();
    return done;
  }
  durable_ = frames_;
  return {};
}

Result<void> DurableLedger::write_frame(std::uint32_t entries, std::uint32_t transfers) {
  FrameHead head;
  head.payload = static_cast<std::uint32_t>(frame_.size() - frame_head_bytes);
  head.entries = entries;
  head.transfers = transfers;
  head.number = frames_;
  head.durable = durable_;
  head.store(frame_.data());
  const Sha256Digest chain =
      chain_digest(chain_, std::span<const std::byte>(frame_).subspan(frame_head_bytes), kernels_);
  frame_.insert(frame_.end(), chain.begin(), chain.end());
  const std::uint64_t checksum = xxh64(frame_);
  frame_.resize(frame_.size() + 8);
  detail::store_little(frame_.data() + frame_.size() - 8, checksum);
  if (Result<void> done = write_all(); !done) return done;
  chain_ = chain;
  ++frames_;
  closed_ = entries == 0;
  return {};
}

Result<void> DurableLedger::commit() {
  if (failed_) return *failed_;
  for (;;) {
    const LedgerLogEncoder before = encoder_;
    frame_.assign(frame_head_bytes, std::byte{});
    const std::size_t entries = encoder_.encode(*ledger_, ledger_frame_transfers, frame_);
    if (entries == 0) break;
    const std::uint64_t transfers = encoder_.transfers() - before.transfers();
    if (frame_.size() - frame_head_bytes > 0xFFFFFFFFU) {
      encoder_ = before;
      return Error{ErrorCode::overflow, "a chain of transfers beyond 4 GB", "ledger log"};
    }
    if (Result<void> done =
            write_frame(static_cast<std::uint32_t>(entries), static_cast<std::uint32_t>(transfers));
        !done) {
      encoder_ = before;
      return done;
    }
  }
  if (durable_ == frames_ || options_.sync == LedgerSync::never) return {};
  return synchronise();
}

Result<void> DurableLedger::close() {
  if (Result<void> done = commit(); !done) return done;
  if (closed_) return {};
  frame_.assign(frame_head_bytes, std::byte{});
  if (Result<void> done = write_frame(0, 0); !done) return done;
  return synchronise();
}

}  // namespace emptor
