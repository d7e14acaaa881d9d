# The optional component emptor::qr: QR codes of referral links, on libqrcodegencpp. Nothing else links to it.

find_path(QRCODEGENCPP_INCLUDE_DIR qrcodegen/qrcodegen.hpp)
find_library(QRCODEGENCPP_LIBRARY qrcodegencpp)
if(NOT QRCODEGENCPP_INCLUDE_DIR OR NOT QRCODEGENCPP_LIBRARY)
  message(
    FATAL_ERROR
      "emptor::qr needs libqrcodegencpp, which was not found. On Debian:\n"
      "  sudo apt-get install libqrcodegencpp-dev\n"
      "or everything at once:\n"
      "  sudo apt-get install --no-install-recommends $(cat ${PROJECT_SOURCE_DIR}/cmake/debian-packages.txt)\n"
      "or leave it out: -DEMPTOR_QR=OFF\n")
endif()

add_library(emptor_qr src/referral/qr/qr_svg.cpp)
add_library(emptor::qr ALIAS emptor_qr)
set_target_properties(
  emptor_qr
  PROPERTIES EXPORT_NAME qr
             CXX_VISIBILITY_PRESET hidden
             VISIBILITY_INLINES_HIDDEN ON
             CXX_EXTENSIONS OFF
             POSITION_INDEPENDENT_CODE ON
             VERSION ${PROJECT_VERSION}
             SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
target_compile_features(emptor_qr PUBLIC cxx_std_20)
target_include_directories(emptor_qr PRIVATE include "${QRCODEGENCPP_INCLUDE_DIR}")
target_link_libraries(
  emptor_qr
  INTERFACE emptor_headers
  PRIVATE "${QRCODEGENCPP_LIBRARY}" $<BUILD_INTERFACE:emptor_warnings>)
