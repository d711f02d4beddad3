namespace Wirepath.Tcp;

/// <summary>The bits of <see cref="TcpSettings.FastOpen"/>.</summary>
internal static class FastOpenBits
{
    public const int Client = 1;
    public const int Server = 2;
    public const int ClientWithoutCookie = 4;
    public const int ServerWithoutCookie = 0x200;
    public const int EveryListener = 0x400;
}
