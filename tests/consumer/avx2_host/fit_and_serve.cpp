// A host compiled with -mavx2 -mfma, with Eigen objects of its own, linked to a library compiled
// with default flags: it fits, saves, loads and serves an ALS model with every kernel the machine
// has, on threads of the library's pool.

#include <Eigen/Dense>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/recommend/als.hpp"

namespace {

void require(bool holds, const char* what) {
  if (!holds) {
    std::fprintf(stderr, "%s\n", what);
    std::exit(1);
  }
}

// Two tastes: even customers take even items, odd customers odd ones, each leaving out every fifth.
emptor::Interactions two_tastes(std::uint32_t customers, std::uint32_t items) {
  emptor::InteractionLog log;
  for (std::uint32_t c = 0; c < customers; ++c) {
    for (std::uint32_t i = c % 2; i < items; i += 2) {
      if ((c / 2 + i / 2) % 5 != 0) log.add(emptor::Customer{c}, emptor::Item{i});
    }
  }
  return {customers, items, log};
}

// The best new item of customer 0, after a fit and a round through bytes.
emptor::Recommendation serve(const emptor::Interactions& data, const emptor::Context& context) {
  const auto fit = emptor::fit_als(data, {.factors = 16, .sweeps = 8}, context);
  const auto bytes = fit.model.save();
  const auto model = emptor::AlsModel::load(bytes, context.kernels).value();
  for (std::uint32_t c = 0; c < data.customers(); ++c) {
    const auto list = model.recommend(emptor::Customer{c}, 3);
    require(list.size() == 3, "a list is short");
    for (const auto& entry : list) {
      require(emptor::index(entry.item) % 2 == c % 2, "recommended the other taste");
    }
  }
  return model.recommend(emptor::Customer{0}, 1).front();
}

}  // namespace

int main() {
  const auto data = two_tastes(300, 120);
  emptor::ThreadPool pool(2);
  const auto expected = serve(data, {});
  for (const auto isa : {emptor::Isa::portable, emptor::Isa::avx2, emptor::Isa::avx512}) {
    const emptor::Kernels* kernels = emptor::kernels_for(isa);
    if (kernels == nullptr) continue;
    const auto got = serve(data, {.executor = &pool, .kernels = kernels});
    require(std::abs(got.score - expected.score) < 1e-3F, "kernels disagree");
    std::printf("isa %d: %.4f\n", static_cast<int>(isa), static_cast<double>(got.score));
  }

  const Eigen::Matrix4d own = 2 * Eigen::Matrix4d::Identity();
  std::vector<Eigen::Matrix4d, Eigen::aligned_allocator<Eigen::Matrix4d>> many(3, own);
  require(many[1].inverse().isApprox(own / 4), "the host's own Eigen");
  return 0;
}
