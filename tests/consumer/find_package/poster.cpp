// The optional component alone.

#include "emptor/referral/qr.hpp"

int main() {
  return emptor::qr_svg("https://shop.example/?ref=7K2M-9QXA").has_value() ? 0 : 1;
}
