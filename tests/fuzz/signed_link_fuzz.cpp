// Links from any text: nothing that the host did not sign is told; what it signs comes back.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "emptor/referral/signed_link.hpp"

namespace {

using namespace emptor;

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const LinkSigner signer({{.id = 1, .key = SecretKey("a key of thirty-two bytes, or so")}});
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Time now{std::chrono::seconds{1'700'000'000}};

  const VerifiedLink got = signer.verify(text, now);
  if (got || got.problem == LinkProblem::expired) {
    const std::string again = signer.query({.code = got.code.view(),
                                            .channel = got.channel,
                                            .campaign = got.campaign,
                                            .expires = got.expires});
    require(signer.verify(again, now).problem == got.problem);
  } else {
    require(got.code.view().empty());
  }

  if (const auto decoded = percent_decoded(text)) {
    require(percent_decoded(percent_encoded(*decoded)) == *decoded);
  }
  require(percent_decoded(percent_encoded(text)) == text);

  if (text.empty() || text.size() > ReferralCodeText::longest) return 0;
  const ReferralLink link{.code = text, .channel = Channel{static_cast<std::uint32_t>(size)}};
  const std::string query = signer.query(link);
  const VerifiedLink back = signer.verify("https://shop.example/?a=b&" + query + "#x", now);
  require(back && back.code.view() == text && back.channel == link.channel);
  std::string forged = query;
  forged[size % query.size()] = forged[size % query.size()] == '1' ? '2' : '1';
  require(!signer.verify(forged, now));
  return 0;
}
