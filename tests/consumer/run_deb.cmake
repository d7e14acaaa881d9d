# cmake -DBUILD=<build dir> -DWORK=<scratch> -DSOURCE=<emptor> -DCOMPILER=<c++> -DLAUNCHER=<ccache> -P run_deb.cmake
#
# Makes the .deb, unpacks it, and finds emptor in what came out.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")
execute_process(COMMAND "${CMAKE_CPACK_COMMAND}" --config "${BUILD}/CPackConfig.cmake" -B "${WORK}" OUTPUT_QUIET
                        COMMAND_ERROR_IS_FATAL ANY)
file(GLOB package "${WORK}/libemptor-dev_*.deb")
execute_process(COMMAND dpkg-deb --info "${package}" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND dpkg-deb --extract "${package}" "${WORK}/root" COMMAND_ERROR_IS_FATAL ANY)
set(CASE wrong_version)
set(PREFIX "${WORK}/root/usr")
set(WORK "${WORK}/consumer")
include("${SOURCE}/tests/consumer/run.cmake")
