// Bare pointers, indices of 32 bits, LLVM's intrinsics in place of library calls, shared memory with its alignment.
// RUN: sinter-opt %s --pass-pipeline='builtin.module(gpu.module(sinter-convert-device-to-nvvm,reconcile-unrealized-casts))' | FileCheck %s

gpu.module @device {
  // CHECK-LABEL: llvm.mlir.global internal @__wg_roots_0() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<128 x f32>
  // CHECK: llvm.func @roots(%{{.*}}: !llvm.ptr, %{{.*}}: i32)
  // CHECK-SAME: nvvm.kernel
  // CHECK-NOT: __nv_
  // CHECK: nvvm.read.ptx.sreg.tid.x {{.*}}: i32
  // CHECK-NOT: llvm.sext
  // CHECK: llvm.intr.sqrt
  // CHECK: llvm.intr.fma
  // CHECK: nvvm.barrier
  gpu.func @roots(%x: memref<128xf32>, %rows: index) workgroup(%s : memref<128xf32, #gpu.address_space<workgroup>> {llvm.align = 16 : i64})
      kernel attributes {known_block_size = array<i32: 128, 1, 1>} {
    %t = gpu.thread_id x
    %v = memref.load %x[%t] : memref<128xf32>
    %r = math.sqrt %v : f32
    %f = math.fma %r, %v, %v : f32
    memref.store %f, %s[%t] : memref<128xf32, #gpu.address_space<workgroup>>
    gpu.barrier
    %w = memref.load %s[%rows] : memref<128xf32, #gpu.address_space<workgroup>>
    memref.store %w, %x[%t] : memref<128xf32>
    gpu.return
  }
}

gpu.module @large {
  // Where an index may pass 2^31: 64 bits.
  // CHECK-LABEL: llvm.func @first(%{{.*}}: !llvm.ptr, %{{.*}}: i64)
  gpu.func @first(%x: memref<65536x65536xf32>, %rows: index) kernel {
    %v = memref.load %x[%rows, %rows] : memref<65536x65536xf32>
    memref.store %v, %x[%rows, %rows] : memref<65536x65536xf32>
    gpu.return
  }
}

gpu.module @clusters {
  // CHECK-LABEL: llvm.func @phases(
  // CHECK-SAME: nvvm.cluster_dim = array<i32: 8, 1, 1>
  // CHECK: nvvm.cluster.arrive {aligned}
  // CHECK: nvvm.cluster.wait {aligned}
  gpu.func @phases(%x: memref<8xf32>, %rows: index) kernel attributes {known_block_size = array<i32: 256, 1, 1>, sinter.cluster = 8 : i32} {
    nvvm.cluster.arrive {aligned}
    nvvm.cluster.wait {aligned}
    gpu.return
  }
}
