# What libflowloom links. One list, used here, in flowloomConfig.cmake and in flowloom.pc.
set(FLOWLOOM_PKGCONFIG_DEPS libpcap zlib libzstd liblz4 liblzma libcrypto re2 fmt)

find_package(PkgConfig REQUIRED)
pkg_check_modules(FLOWLOOM_DEPS REQUIRED IMPORTED_TARGET ${FLOWLOOM_PKGCONFIG_DEPS})
pkg_check_modules(FLOWLOOM_FMT REQUIRED IMPORTED_TARGET fmt)
