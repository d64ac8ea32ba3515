// The target of precompiled headers needs one source.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
