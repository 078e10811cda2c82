// SPDX-License-Identifier: ISC
/// \file
/// The program's own `delete`, which wipes what it frees.
///
/// Sessions are copies of the supervisor and of an attempt, in whose memory names,
/// addresses and passwords of others come and go. What is freed is nobody's any more,
/// but it is still there: whoever runs code of his own in a session could read it.
///
/// All forms of both are here, since AddressSanitizer brings all of them too, and what
/// one allocates the other cannot free.

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

#include <malloc.h>

namespace {

void* allocate(std::size_t octets) noexcept
{
    return std::malloc(octets != 0 ? octets : 1);
}

void* allocate_or_throw(std::size_t octets)
{
    void* const memory = allocate(octets);
    if (memory == nullptr)
        throw std::bad_alloc();
    return memory;
}

void wipe_and_free(void* memory) noexcept
{
    if (memory != nullptr)
        ::explicit_bzero(memory, ::malloc_usable_size(memory));
    std::free(memory);
}

} // namespace

void* operator new(std::size_t octets)
{
    return allocate_or_throw(octets);
}
void* operator new[](std::size_t octets)
{
    return allocate_or_throw(octets);
}
void* operator new(std::size_t octets, const std::nothrow_t&) noexcept
{
    return allocate(octets);
}
void* operator new[](std::size_t octets, const std::nothrow_t&) noexcept
{
    return allocate(octets);
}

void operator delete(void* memory) noexcept
{
    wipe_and_free(memory);
}
void operator delete[](void* memory) noexcept
{
    wipe_and_free(memory);
}
void operator delete(void* memory, std::size_t) noexcept
{
    wipe_and_free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept
{
    wipe_and_free(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept
{
    wipe_and_free(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept
{
    wipe_and_free(memory);
}
