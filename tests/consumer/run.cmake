# cmake -DCASE=<folder> -DPREFIX=<installed emptor> -DWORK=<scratch> -DSOURCE=<emptor> -DCOMPILER=<c++> -P run.cmake
#
# Configures tests/consumer/<CASE> as a project of its own, builds it if it has anything to build, and runs `shop`.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}\nended with ${status}:\n${output}")
  endif()
  message(STATUS "${output}")
endfunction()

file(REMOVE_RECURSE "${WORK}")
run("${CMAKE_COMMAND}" -G Ninja -S "${SOURCE}/tests/consumer/${CASE}" -B "${WORK}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
    "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}" "-DCMAKE_PREFIX_PATH=${PREFIX}" "-DEMPTOR_SOURCE=${SOURCE}")
run("${CMAKE_COMMAND}" --build "${WORK}")
if(EXISTS "${WORK}/shop")
  run("${WORK}/shop")
endif()
