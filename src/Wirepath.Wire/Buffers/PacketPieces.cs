namespace Wirepath.Wire;

/// <summary>
/// Walks through the bytes of a packet as (block, offset, length), so that a receive buffer or another packet can hold
/// them without a copy. Whoever keeps a piece must <see cref="Block.AddHolder"/>. The packet must not change meanwhile.
/// </summary>
public struct PacketPieces
{
    private const int InHead = -1;

    private readonly Packet _packet;
    private int _index;
    private int _skip;

    /// <param name="packet">Its bytes are walked through.</param>
    /// <param name="offset">Bytes to leave out at the start.</param>
    public PacketPieces(Packet packet, int offset)
    {
        ArgumentNullException.ThrowIfNull(packet);
        (_packet, _index, _skip) = (packet, InHead, offset);
    }

    /// <summary>The piece that is being walked through lies in the packet's head, in a block that holds nothing else.</summary>
    public bool IsInHead { get; private set; }

    /// <summary>Takes the next bytes that lie together, <paramref name="most"/> at the most.</summary>
    /// <returns>False at the end.</returns>
    public bool TryTake(int most, out Block block, out int offset, out int length)
    {
        while (_packet.TryGetPart(_index, out block, out offset, out length))
        {
            if (length > _skip)
            {
                IsInHead = _index == InHead;
                offset += _skip;
                length -= _skip;
                if (length > most)
                {
                    length = most;
                    _skip += most;
                    return true;
                }

                (_skip, _index) = (0, _index + 1);
                return true;
            }

            (_skip, _index) = (_skip - length, _index + 1);
        }

        return false;
    }
}
