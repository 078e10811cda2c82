// SPDX-License-Identifier: ISC
/// \file
/// An attacker who has taken over a process, for tests/system/walls.py. Built with
/// -Dintruder=true only; a program that has it in must never be installed.
#pragma once

#include <string>
#include <string_view>

namespace sandbox {

/// Makes the system call that `order` names and says what came of it: "OK" and the
/// result, or the error's number as "E" and digits. The words of an order are a name as
/// libseccomp knows it, and up to six arguments: numbers, `'text'`, `@N` for N octets
/// of zeros, `?` for those same octets as the last call left them.
///
///     openat -100 '/etc/shadow' 0
std::string intrude(std::string_view order);

} // namespace sandbox
