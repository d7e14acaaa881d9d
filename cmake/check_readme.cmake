# Fails when a code or output block of the README is not what the example beside it says.
#
#   cmake -DROOT=<source folder> [-DUPDATE=ON] -P check_readme.cmake
#
# A line `<!-- example NAME -->` is followed by a block with examples/NAME.cpp (without its first comment),
# `<!-- output NAME -->` by one with examples/NAME.expected. UPDATE writes the blocks instead.

file(READ "${ROOT}/README.md" readme)
set(wanted "${readme}")

# CMake lists would split at ; and [ ]: work on positions of the text only.
function(replace_block text_variable marker fence content)
  set(text "${${text_variable}}")
  string(FIND "${text}" "${marker}\n```${fence}\n" begin)
  if(begin LESS 0)
    message(FATAL_ERROR "README.md has no block ${marker}")
  endif()
  string(LENGTH "${marker}\n```${fence}\n" length)
  math(EXPR from "${begin} + ${length}")
  string(SUBSTRING "${text}" 0 ${from} head)
  string(SUBSTRING "${text}" ${from} -1 rest)
  string(FIND "${rest}" "```" end)
  string(SUBSTRING "${rest}" ${end} -1 tail)
  set(${text_variable} "${head}${content}${tail}" PARENT_SCOPE)
endfunction()

string(REGEX MATCHALL "<!-- (example|output) [0-9a-z_]+ -->" markers "${readme}")
if(NOT markers)
  message(FATAL_ERROR "README.md shows no example")
endif()
foreach(marker IN LISTS markers)
  string(REGEX REPLACE "<!-- (example|output) ([0-9a-z_]+) -->" "\\1" kind "${marker}")
  string(REGEX REPLACE "<!-- (example|output) ([0-9a-z_]+) -->" "\\2" name "${marker}")
  if(kind STREQUAL "example")
    file(READ "${ROOT}/examples/${name}.cpp" content)
    string(REGEX REPLACE "^(//[^\n]*\n)+\n" "" content "${content}")
    replace_block(wanted "${marker}" "cpp" "${content}")
  else()
    file(READ "${ROOT}/examples/${name}.expected" content)
    replace_block(wanted "${marker}" "" "${content}")
  endif()
endforeach()

if(NOT wanted STREQUAL readme)
  if(NOT UPDATE)
    message(FATAL_ERROR "README.md does not show the examples as they are: cmake -DROOT=. -DUPDATE=ON -P cmake/check_readme.cmake")
  endif()
  file(WRITE "${ROOT}/README.md" "${wanted}")
endif()
