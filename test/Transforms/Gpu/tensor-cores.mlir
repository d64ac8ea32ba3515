// Products of bf16 on tensor cores: operands by asynchronous copies, or through registers.
// RUN: sinter-opt %s --sinter-emit-device-kernels --canonicalize --cse | FileCheck %s
// The same of f16, whose pairs the instruction takes as they are.
// RUN: sed -e 's/bf16/f16/g' %s | sinter-opt --sinter-emit-device-kernels | FileCheck %s --check-prefix=F16
// Those of f32 only if asked for, rounded.
// RUN: sinter-opt %s --sinter-emit-device-kernels=tf32 --canonicalize --cse | FileCheck %s --check-prefix=TF32

#left = affine_map<(m, n, k) -> (m, k)>
#right = affine_map<(m, n, k) -> (k, n)>
#result = affine_map<(m, n, k) -> (m, n)>
#plain = affine_map<(i, j) -> (i, j)>
module attributes {sinter.batch = 64 : i64} {
  func.func @chunks(%x: tensor<?x136xbf16>, %w: tensor<136x40xbf16>, %y: tensor<?x40xf32>) -> tensor<?x40xf32> {
    %r = sinter.kernel "chunks" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 0, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<?x136xbf16>, tensor<136x40xbf16>) outs(%y : tensor<?x40xf32>) -> tensor<?x40xf32> {
    ^bb0(%a: tensor<?x136xbf16>, %b: tensor<136x40xbf16>, %out: tensor<?x40xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x40xf32>) -> tensor<?x40xf32>
      %p = linalg.generic {indexing_maps = [#left, #right, #result], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %b : tensor<?x136xbf16>, tensor<136x40xbf16>) outs(%init : tensor<?x40xf32>) {
      ^bb0(%l: bf16, %q: bf16, %c: f32):
        %lw = arith.extf %l : bf16 to f32
        %qw = arith.extf %q : bf16 to f32
        %m = arith.mulf %lw, %qw : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x40xf32>
      sinter.yield %p : tensor<?x40xf32>
    }
    return %r : tensor<?x40xf32>
  }
  func.func @elements(%x: tensor<?x331xbf16>, %w: tensor<331x41xbf16>, %y: tensor<?x41xf32>) -> tensor<?x41xf32> {
    %r = sinter.kernel "elements" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 0, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<?x331xbf16>, tensor<331x41xbf16>) outs(%y : tensor<?x41xf32>) -> tensor<?x41xf32> {
    ^bb0(%a: tensor<?x331xbf16>, %b: tensor<331x41xbf16>, %out: tensor<?x41xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x41xf32>) -> tensor<?x41xf32>
      %p = linalg.generic {indexing_maps = [#left, #right, #result], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %b : tensor<?x331xbf16>, tensor<331x41xbf16>) outs(%init : tensor<?x41xf32>) {
      ^bb0(%l: bf16, %q: bf16, %c: f32):
        %lw = arith.extf %l : bf16 to f32
        %qw = arith.extf %q : bf16 to f32
        %m = arith.mulf %lw, %qw : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x41xf32>
      sinter.yield %p : tensor<?x41xf32>
    }
    return %r : tensor<?x41xf32>
  }
  func.func @rounded(%x: tensor<?x136xf32>, %w: tensor<136x40xbf16>, %y: tensor<?x40xf32>) -> tensor<?x40xf32> {
    %r = sinter.kernel "rounded" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 0, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<?x136xf32>, tensor<136x40xbf16>) outs(%y : tensor<?x40xf32>) -> tensor<?x40xf32> {
    ^bb0(%a: tensor<?x136xf32>, %b: tensor<136x40xbf16>, %out: tensor<?x40xf32>):
      %c0 = arith.constant 0 : index
      %rows = tensor.dim %a, %c0 : tensor<?x136xf32>
      %e = tensor.empty(%rows) : tensor<?x136xbf16>
      %h = linalg.generic {indexing_maps = [#plain, #plain], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x136xf32>) outs(%e : tensor<?x136xbf16>) {
      ^bb0(%v: f32, %old: bf16):
        %t = arith.truncf %v : f32 to bf16
        linalg.yield %t : bf16
      } -> tensor<?x136xbf16>
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x40xf32>) -> tensor<?x40xf32>
      %p = linalg.generic {indexing_maps = [#left, #right, #result], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%h, %b : tensor<?x136xbf16>, tensor<136x40xbf16>) outs(%init : tensor<?x40xf32>) {
      ^bb0(%l: bf16, %q: bf16, %c: f32):
        %lw = arith.extf %l : bf16 to f32
        %qw = arith.extf %q : bf16 to f32
        %m = arith.mulf %lw, %qw : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x40xf32>
      sinter.yield %p : tensor<?x40xf32>
    }
    return %r : tensor<?x40xf32>
  }
  func.func @exact(%x: tensor<?x40xf32>, %w: tensor<40x40xf32>, %y: tensor<?x40xf32>) -> tensor<?x40xf32> {
    %r = sinter.kernel "exact" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 0, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<?x40xf32>, tensor<40x40xf32>) outs(%y : tensor<?x40xf32>) -> tensor<?x40xf32> {
    ^bb0(%a: tensor<?x40xf32>, %b: tensor<40x40xf32>, %out: tensor<?x40xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x40xf32>) -> tensor<?x40xf32>
      %p = linalg.generic {indexing_maps = [#left, #right, #result], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %b : tensor<?x40xf32>, tensor<40x40xf32>) outs(%init : tensor<?x40xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x40xf32>
      sinter.yield %p : tensor<?x40xf32>
    }
    return %r : tensor<?x40xf32>
  }
  func.func @pieces(%x: tensor<?x332xbf16>, %w: tensor<332x42xbf16>, %y: tensor<?x42xf32>) -> tensor<?x42xf32> {
    %r = sinter.kernel "pieces" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 6, 0, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<?x332xbf16>, tensor<332x42xbf16>) outs(%y : tensor<?x42xf32>) -> tensor<?x42xf32> {
    ^bb0(%a: tensor<?x332xbf16>, %b: tensor<332x42xbf16>, %out: tensor<?x42xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x42xf32>) -> tensor<?x42xf32>
      %p = linalg.generic {indexing_maps = [#left, #right, #result], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %b : tensor<?x332xbf16>, tensor<332x42xbf16>) outs(%init : tensor<?x42xf32>) {
      ^bb0(%l: bf16, %q: bf16, %c: f32):
        %lw = arith.extf %l : bf16 to f32
        %qw = arith.extf %q : bf16 to f32
        %m = arith.mulf %lw, %qw : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x42xf32>
      sinter.yield %p : tensor<?x42xf32>
    }
    return %r : tensor<?x42xf32>
  }

  // Four warps of 16 by 16; three stretches of 64 are on their way before the loop. The left tile lies along k, the right
  // one is transposed when it is loaded.
  // CHECK-LABEL: gpu.func @k_chunks_0(
  // CHECK-SAME: workgroup(%[[BYTES:.*]] : memref<32768xi8, #gpu.address_space<workgroup>> {llvm.align = 16 : i64})
  // CHECK-SAME: known_block_size = array<i32: 128, 1, 1>
  // CHECK-DAG: %[[A:.*]] = memref.view %[[BYTES]][%c0{{.*}}][] {{.*}} to memref<4x32x64xbf16,
  // CHECK-DAG: %[[B:.*]] = memref.view %[[BYTES]][%c16384][] {{.*}} to memref<4x64x32xbf16,
  // CHECK: nvgpu.device_async_copy {{.*}}, %[[A]][{{.*}}], 8, {{.*}} {bypassL1}
  // CHECK: nvgpu.device_async_copy {{.*}}, %[[B]][{{.*}}], 8, {{.*}} {bypassL1}
  // CHECK: nvvm.cp.async.commit.group
  // CHECK: nvvm.cp.async.commit.group
  // CHECK: nvvm.cp.async.commit.group
  // CHECK: scf.for
  // CHECK: nvvm.cp.async.wait.group 2
  // CHECK-NEXT: gpu.barrier
  // CHECK: nvgpu.device_async_copy
  // CHECK: nvvm.cp.async.commit.group
  // CHECK: nvgpu.ldmatrix %[[B]]{{.*}}transpose = true
  // CHECK: nvgpu.ldmatrix %[[A]]{{.*}}transpose = false
  // CHECK: nvvm.mma.sync {{.*}}#nvvm.mma_type<bf16>{{.*}}m = 16, n = 8, k = 16
  // The sums go through shared memory to the epilogue.
  // CHECK: memref.view %[[BYTES]]{{.*}} to memref<32x40xf32
  // CHECK: vector.store {{.*}} {alignment = 16 : i64} : memref<2560xf32>, vector<4xf32>

  // F16: nvgpu.device_async_copy {{.*}} to memref<4x64x32xf16
  // F16: nvgpu.ldmatrix {{.*}}xf16
  // F16: nvvm.mma.sync {{.*}}m = 16, n = 8, k = 16{{.*}} (vector<2xf16>, vector<2xf16>, f32)

  // Loaded before the multiplication, stored after it.
  // CHECK-LABEL: gpu.func @k_elements_1(
  // CHECK-NOT: async
  // CHECK: scf.for
  // CHECK: gpu.barrier
  // CHECK: memref.load {{.*}} : memref<21184xbf16>
  // CHECK: nvvm.mma.sync
  // CHECK: memref.store {{.*}} : memref<4x32x64xbf16

  // An operand with a prologue goes through registers, in chunks too; nothing waits for it before the multiplication.
  // CHECK-LABEL: gpu.func @k_rounded_2(
  // CHECK: scf.for
  // CHECK: gpu.barrier
  // CHECK: vector.load {{.*}} {alignment = 16 : i64} : memref<8704xf32>, vector<8xf32>
  // CHECK-NOT: arith.truncf
  // CHECK: nvgpu.device_async_copy
  // CHECK: nvvm.mma.sync
  // CHECK: arith.truncf {{.*}} : vector<8xf32> to vector<8xbf16>
  // CHECK: vector.store {{.*}} {alignment = 16 : i64} : memref<4x32x64xbf16, #gpu.address_space<workgroup>>, vector<8xbf16>

  // CHECK-LABEL: gpu.func @k_exact_3(
  // CHECK-NOT: nvvm.mma.sync
  // CHECK: math.fma

  // TF32-LABEL: gpu.func @k_exact_3(
  // TF32: nvgpu.device_async_copy
  // TF32: nvgpu.ldmatrix
  // TF32: nvvm.convert.float.to.tf32 {{.*}}#nvvm.fp_rnd_mode<rna>
  // TF32: nvvm.mma.sync {{.*}}#nvvm.mma_type<tf32>{{.*}}m = 16, n = 8, k = 8
  // TF32-NOT: math.fma

  // Rows of 664 and of 84 bytes: copies of 8 and of 4.
  // CHECK-LABEL: gpu.func @k_pieces_4(
  // CHECK: nvgpu.device_async_copy {{.*}}, 4, %{{[0-9]+}} : memref<21248xbf16> to memref<4x32x64xbf16
  // CHECK: nvgpu.device_async_copy {{.*}}, 2, %{{[0-9]+}} : memref<13944xbf16> to memref<4x64x32xbf16
  // CHECK-NOT: bypass
  // CHECK: nvvm.mma.sync
}
