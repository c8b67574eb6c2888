# What libflowloom links. One list, used here, in flowloomConfig.cmake and in flowloom.pc.
set(FLOWLOOM_PKGCONFIG_DEPS zlib libzstd liblz4 liblzma re2 fmt)

find_package(PkgConfig REQUIRED)
pkg_check_modules(FLOWLOOM_DEPS REQUIRED IMPORTED_TARGET ${FLOWLOOM_PKGCONFIG_DEPS})
pkg_check_modules(FLOWLOOM_FMT REQUIRED IMPORTED_TARGET fmt)

# What it loads when it is needed (src/base/late_library.hpp): the headers, and names that hold for their binary
# interface.
set(late_libraries libpcap libcrypto)
pkg_check_modules(FLOWLOOM_LATE REQUIRED ${late_libraries})
foreach(library IN LISTS late_libraries)
  string(REGEX REPLACE "^lib" "" name ${library})
  find_library(FLOWLOOM_${library} ${name} HINTS ${FLOWLOOM_LATE_LIBRARY_DIRS} REQUIRED)
  execute_process(COMMAND ${CMAKE_OBJDUMP} -p ${FLOWLOOM_${library}} OUTPUT_VARIABLE headers ERROR_QUIET)
  if(headers MATCHES "SONAME +([^\n]+)")
    set(FLOWLOOM_${library}_NAME ${CMAKE_MATCH_1})
  else()
    get_filename_component(FLOWLOOM_${library}_NAME ${FLOWLOOM_${library}} REALPATH)
  endif()
  message(STATUS "${library}: ${FLOWLOOM_${library}_NAME}, loaded when it is needed")
endforeach()
