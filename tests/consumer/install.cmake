# cmake -DBUILD=<build dir> -DPREFIX=<where to> -P install.cmake
#
# Installs into an empty PREFIX, so that nothing of an older run is found there.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${PREFIX}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${PREFIX}" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
