using System.Buffers;
using System.Runtime.CompilerServices;

namespace Wirepath.Url;

/// <summary>A list on the stack that moves to pooled memory when it grows beyond it.</summary>
internal ref struct GrowingBuffer<T>
    where T : unmanaged
{
    private Span<T> _room;
    private T[]? _rented;

    public GrowingBuffer(Span<T> first) => _room = first;

    public int Length { readonly get; private set; }

    public readonly Span<T> Written => _room[..Length];

    public readonly ref T this[int index] => ref _room[..Length][index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(T item)
    {
        if ((uint)Length >= (uint)_room.Length)
            Grow(1);
        _room[Length++] = item;
    }

    public void Add(scoped ReadOnlySpan<T> items)
    {
        items.CopyTo(Extend(items.Length));
    }

    /// <summary>Makes room at the end; what stands there is not yet set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Extend(int count)
    {
        if (count > _room.Length - Length)
            Grow(count);
        Span<T> span = _room.Slice(Length, count);
        Length += count;
        return span;
    }

    public void Insert(int index, scoped ReadOnlySpan<T> items)
    {
        int moved = Length - index;
        Extend(items.Length);
        _room.Slice(index, moved).CopyTo(_room[(index + items.Length)..]);
        items.CopyTo(_room[index..]);
    }

    public void Truncate(int length) => Length = length;

    /// <summary>Gives pooled memory back.</summary>
    public void Dispose()
    {
        T[]? rented = _rented;
        this = default;
        if (rented is not null)
            ArrayPool<T>.Shared.Return(rented);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int more)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(Math.Max(checked(Length + more), (int)Math.Min(2L * _room.Length, Array.MaxLength)));
        Written.CopyTo(larger);
        if (_rented is not null)
            ArrayPool<T>.Shared.Return(_rented);
        _room = _rented = larger;
    }
}
