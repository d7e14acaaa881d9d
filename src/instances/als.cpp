// Implicit ALS in float and double.

#include "emptor/recommend/als.hpp"
#include "emptor/recommend/als.ipp"

namespace emptor {

template class BasicAlsModel<float>;
template class BasicAlsModel<double>;
template class BasicAlsModel<float, Bfloat16>;
template AlsFit<float> fit_als<float>(const Interactions&, const AlsOptions&, const Context&);
template AlsFit<double> fit_als<double>(const Interactions&, const AlsOptions&, const Context&);

}  // namespace emptor
