# How this project's own code is compiled: target flowloom_internal (include folders, warnings,
# sanitizers). Nothing of it reaches those who link libflowloom.

include(CheckCXXCompilerFlag)

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(PROJECT_IS_TOP_LEVEL)
  # -O2, not CMake's -O3 for Release: that is what the design's measurements were made with.
  if(CMAKE_CXX_FLAGS_RELEASE STREQUAL "-O3 -DNDEBUG")
    set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG" CACHE STRING "Flags of a release build" FORCE)
  endif()
  # ccache, also across checkouts in different folders (base dir, no working directory in the hash).
  find_program(FLOWLOOM_CCACHE ccache)
  if(FLOWLOOM_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${FLOWLOOM_CCACHE})
  endif()
endif()

add_library(flowloom_internal INTERFACE)
target_include_directories(flowloom_internal INTERFACE
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/generated)
target_compile_options(flowloom_internal INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Position-independent, yet functions of the library may be inlined into one another: nobody replaces them.
  target_compile_options(flowloom_internal INTERFACE -fno-semantic-interposition)
  # What is as small as a packet's record is cleared by stores, not by `rep stos`, whose start alone takes longer
  # than the rest of a plain packet's walk. (x86; g++ elsewhere has no such option.)
  set(stores "-mmemset-strategy=vector_loop:256:noalign,libcall:-1:noalign")
  check_cxx_compiler_flag(${stores} FLOWLOOM_MEMSET_STRATEGY)
  if(FLOWLOOM_MEMSET_STRATEGY)
    target_compile_options(flowloom_internal INTERFACE ${stores})
  endif()
endif()
if(FLOWLOOM_WERROR)
  target_compile_options(flowloom_internal INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarms in GCC 12 on `"text" + std::string` (GCC bug 105651).
  target_compile_options(flowloom_internal INTERFACE -Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # clang reports what libstdc++ 12's own std::stable_sort uses. GCC keeps the warning on for our code.
  target_compile_options(flowloom_internal INTERFACE -Wno-deprecated-declarations)
endif()

if(FLOWLOOM_SANITIZE)
  # For the whole tree, also the libraries' inline code: one ABI, and no report is passed over.
  set(sanitizers ${FLOWLOOM_SANITIZE})
  if(FLOWLOOM_FUZZ)
    string(APPEND sanitizers ",fuzzer-no-link")
  endif()
  add_compile_options(-fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${sanitizers})
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()
