// Schedules from a file: what they change, and what is wrong with a line.
// RUN: split-file %s %t
// RUN: sinter-opt %t/module.mlir --sinter-apply-schedules=file=%t/good.txt --sinter-plan-schedules | FileCheck %t/module.mlir
// RUN: sinter-opt %t/module.mlir --sinter-apply-schedules=file=%t/good.txt --remark-policy=all --remarks-filter=schedule 2>&1 | FileCheck %t/module.mlir --check-prefix=REMARK
// RUN: not sinter-opt %t/module.mlir --sinter-apply-schedules=file=%t/version.txt 2>&1 | FileCheck %s --check-prefix=VERSION
// RUN: not sinter-opt %t/module.mlir --sinter-apply-schedules=file=%t/magic.txt 2>&1 | FileCheck %s --check-prefix=MAGIC
// RUN: not sinter-opt %t/module.mlir --sinter-apply-schedules=file=%t/empty.txt 2>&1 | FileCheck %s --check-prefix=EMPTY
// RUN: not sinter-opt %t/module.mlir --sinter-apply-schedules=file=%t/kernel.txt 2>&1 | FileCheck %s --check-prefix=KERNEL
// RUN: not sinter-opt %t/module.mlir --sinter-apply-schedules=file=%t/line.txt 2>&1 | FileCheck %s --check-prefix=LINE
// RUN: not sinter-opt %t/module.mlir --sinter-apply-schedules=file=%t/twice.txt 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not sinter-opt %t/module.mlir --sinter-apply-schedules=file=%t/none.txt 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not sinter-opt %t/module.mlir --sinter-apply-schedules=file=%t/strategy.txt --sinter-emit-kernels 2>&1 | FileCheck %s --check-prefix=STRATEGY

// VERSION: version.txt:1:1: error: expected version 1 of schedule files, found 2
// MAGIC: magic.txt:1:1: error: expected 'sinter-schedules 1', found 'f/copy#0 = #sinter.schedule<map, tile = [64, 1], vector = 4, parallel = false>'
// EMPTY: empty.txt:{{[0-9]+}}:1: error: expected 'sinter-schedules 1', found no line
// KERNEL: kernel.txt:2:1: error: no kernel is called 'f/copy#2'; `sinterc --print-schedules` lists those of the model
// LINE: line.txt:3:1: error: expected FUNCTION/KERNEL#NUMBER = #sinter.schedule<...>, found 'f/copy#0 = map'
// TWICE: twice.txt:4:1: error: 'f/copy#0' has a schedule already, in line 2
// NONE: error: schedules: cannot open input file
// STRATEGY: error: kernel "copy" does not fit the strategy of its schedule, row

//--- module.mlir
// The second of the two kernels has its schedule from the file, the first one from the planner.
// CHECK: sinter.kernel "copy" schedule <map, tile = [4096, 4], vector = 8, parallel = false>
// CHECK: sinter.kernel "copy" schedule <map, tile = [64, 2], vector = 4, parallel = true>
// REMARK: remark: {{.*}}schedule-given{{.*}}given by line 4 of {{.*}}good.txt
func.func @f(%x: tensor<100xf32>) -> tensor<100xf32> {
  %e = tensor.empty() : tensor<100xf32>
  %y = sinter.kernel "copy" ins(%x : tensor<100xf32>) outs(%e : tensor<100xf32>) -> tensor<100xf32> {
  ^bb0(%in: tensor<100xf32>, %out: tensor<100xf32>):
    %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
        ins(%in : tensor<100xf32>) outs(%out : tensor<100xf32>) {
    ^bb0(%a: f32, %b: f32):
      linalg.yield %a : f32
    } -> tensor<100xf32>
    sinter.yield %r : tensor<100xf32>
  }
  %e2 = tensor.empty() : tensor<100xf32>
  %z = sinter.kernel "copy" ins(%y : tensor<100xf32>) outs(%e2 : tensor<100xf32>) -> tensor<100xf32> {
  ^bb0(%in: tensor<100xf32>, %out: tensor<100xf32>):
    %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
        ins(%in : tensor<100xf32>) outs(%out : tensor<100xf32>) {
    ^bb0(%a: f32, %b: f32):
      linalg.yield %a : f32
    } -> tensor<100xf32>
    sinter.yield %r : tensor<100xf32>
  }
  return %z : tensor<100xf32>
}

//--- good.txt
sinter-schedules 1

# A comment.
f/copy#1 = #sinter.schedule<map, tile = [64, 2], vector = 4, parallel = true>
//--- version.txt
sinter-schedules 2
//--- magic.txt
f/copy#0 = #sinter.schedule<map, tile = [64, 1], vector = 4, parallel = false>
//--- empty.txt
# Nothing.
//--- kernel.txt
sinter-schedules 1
f/copy#2 = #sinter.schedule<map, tile = [64, 1], vector = 4, parallel = false>
//--- line.txt
sinter-schedules 1

f/copy#0 = map
//--- twice.txt
sinter-schedules 1
f/copy#0 = #sinter.schedule<map, tile = [64, 1], vector = 4, parallel = false>
f/copy#1 = #sinter.schedule<map, tile = [64, 1], vector = 4, parallel = false>
f/copy#0 = #sinter.schedule<map, tile = [32, 1], vector = 4, parallel = false>
//--- strategy.txt
sinter-schedules 1
f/copy#0 = #sinter.schedule<row, tile = [64, 1, 1], vector = 4, parallel = false>
f/copy#1 = #sinter.schedule<row, tile = [64, 1, 1], vector = 4, parallel = false>
