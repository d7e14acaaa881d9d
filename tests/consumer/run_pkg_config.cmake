# cmake -DPREFIX=<installed emptor> -DLIBDIR=lib -DWORK=<scratch> -DSOURCE=<emptor> -DCOMPILER=<c++> -P run_pkg_config.cmake
#
# Compiles and runs shop.cpp with nothing but what pkg-config says.
cmake_minimum_required(VERSION 3.25)

find_program(pkg_config NAMES pkg-config pkgconf REQUIRED)
set(ENV{PKG_CONFIG_PATH} "${PREFIX}/${LIBDIR}/pkgconfig")
execute_process(COMMAND "${pkg_config}" --static --cflags --libs emptor OUTPUT_VARIABLE flags COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(flags UNIX_COMMAND "${flags}")
file(MAKE_DIRECTORY "${WORK}")
execute_process(COMMAND "${COMPILER}" -std=c++20 "${SOURCE}/tests/consumer/shop.cpp" ${flags} -o "${WORK}/shop"
                        COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${WORK}/shop" COMMAND_ERROR_IS_FATAL ANY)
