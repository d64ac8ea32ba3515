# Finds MLIR and defines how the compiler's libraries are built.
#
#   sinter_add_library(NAME SOURCES a.cpp b.cpp [LINK SinterIR ...] [DEPENDS SinterOpsIncGen ...])
#
# Every library is static; all of MLIR and LLVM comes from the two shared libraries MLIR and LLVM, linked by the tools.

find_package(MLIR REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/mlir)
message(STATUS "MLIR ${LLVM_PACKAGE_VERSION} in ${MLIR_DIR}")
list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
include(TableGen)
include(AddLLVM)
include(AddMLIR)

include_directories(SYSTEM ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
include_directories("${PROJECT_BINARY_DIR}/include")
separate_arguments(LLVM_DEFINITIONS_LIST NATIVE_COMMAND "${LLVM_DEFINITIONS}")
add_definitions(${LLVM_DEFINITIONS_LIST})

# Reading MLIR's headers takes most of the time of a small file: done once for all of the compiler's libraries. These are
# the headers that many files include; every file still includes what it uses.
add_library(SinterPrecompiledHeaders OBJECT "${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp")
target_compile_options(SinterPrecompiledHeaders PRIVATE -fno-rtti -fno-exceptions)
target_precompile_headers(SinterPrecompiledHeaders PRIVATE
  <mlir/Dialect/Arith/IR/Arith.h> <mlir/Dialect/Func/IR/FuncOps.h> <mlir/Dialect/Linalg/IR/Linalg.h>
  <mlir/Dialect/Math/IR/Math.h> <mlir/Dialect/MemRef/IR/MemRef.h> <mlir/Dialect/SCF/IR/SCF.h>
  <mlir/Dialect/Tensor/IR/Tensor.h> <mlir/Dialect/Vector/IR/VectorOps.h> <mlir/IR/ImplicitLocOpBuilder.h>
  <mlir/IR/Matchers.h> <mlir/IR/PatternMatch.h> <mlir/IR/Remarks.h> <mlir/Pass/Pass.h> <llvm/ADT/STLExtras.h>
  <llvm/ADT/StringExtras.h> <llvm/ADT/TypeSwitch.h> <llvm/Support/FormatVariadic.h>)

function(sinter_add_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_compile_options(${name} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti -fno-exceptions>)
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
  target_precompile_headers(${name} REUSE_FROM SinterPrecompiledHeaders)
  add_dependencies(${name} SinterTableGen ${ARG_DEPENDS})
endfunction()
