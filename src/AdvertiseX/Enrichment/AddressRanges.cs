using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AdvertiseX.Enrichment;

/// <summary>A set of IPv4 and IPv6 ranges with a quick answer for IPv4: one bit for each /16 that a range touches.
/// Immutable, thread-safe.</summary>
internal sealed class AddressRanges
{
    private readonly ulong[] _touched = new ulong[65536 / 64];
    private readonly (uint First, uint Last)[] _v4;
    private readonly IPNetwork[] _v6;

    /// <param name="ranges">CIDR notation; null is not allowed, and comes from options that no one set.</param>
    /// <exception cref="ArgumentException">The list is null, or a range is no CIDR notation; the message names
    /// it.</exception>
    public AddressRanges(IReadOnlyList<string>? ranges)
    {
        if (ranges == null)
            throw new ArgumentException(
                "DataCentreRanges is null; allowed is a list of address ranges, empty for none"
            );
        var networks = ranges.Select(Parse).ToArray();
        _v6 = [.. networks.Where(n => n.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6)];
        _v4 =
        [
            .. networks
                .Where(n => n.BaseAddress.AddressFamily == AddressFamily.InterNetwork)
                .Select(Bounds)
                .OrderBy(b => b.First),
        ];
        foreach (var (first, last) in _v4)
            for (var block = first >> 16; block <= last >> 16; block++)
                _touched[block >> 6] |= 1UL << (int)(block & 63);
    }

    /// <summary>Well-known hosting ranges (a short list: bring your own for real filtering).</summary>
    public static IReadOnlyList<string> Shipped { get; } =
    [
        "3.208.0.0/12",
        "13.52.0.0/14",
        "18.204.0.0/14",
        "34.192.0.0/12",
        "35.184.0.0/13",
        "44.192.0.0/11",
        "52.0.0.0/11",
        "54.64.0.0/11",
        "20.36.0.0/14",
        "40.64.0.0/13",
        "104.131.0.0/16",
        "138.68.0.0/16",
        "159.65.0.0/16",
        "167.99.0.0/16",
        "88.198.0.0/16",
        "95.216.0.0/15",
        "51.38.0.0/16",
        "51.68.0.0/16",
        "2600:1f00::/24",
        "2a01:4f8::/29",
    ];

    public bool IsEmpty => _v4.Length == 0 && _v6.Length == 0;

    /// <summary>Whether a textual address lies in a range; text that is no address does not.</summary>
    public bool Contains(ReadOnlySpan<byte> address)
    {
        if (TryV4(address, out var v4))
            return (_touched[v4 >> 22] >> (int)((v4 >> 16) & 63) & 1) != 0 && InV4(v4);
        return _v6.Length > 0 && address.IndexOf((byte)':') >= 0 && InV6(address);
    }

    private static IPNetwork Parse(string range) =>
        IPNetwork.TryParse(range, out var network)
            ? network
            : throw new ArgumentException(
                $"DataCentreRanges has '{range}', which is no address range; allowed is CIDR notation such as 203.0.113.0/24"
            );

    private static (uint First, uint Last) Bounds(IPNetwork network)
    {
        var first = BinaryPrimitives.ReadUInt32BigEndian(network.BaseAddress.GetAddressBytes());
        var size = network.PrefixLength == 0 ? uint.MaxValue : (uint)((1UL << (32 - network.PrefixLength)) - 1);
        return (first, first + size);
    }

    private static bool TryV4(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        uint octet = 0;
        int digits = 0,
            dots = 0;
        foreach (var b in text)
        {
            var d = (uint)b - '0';
            if (d <= 9)
            {
                octet = (octet * 10) + d;
                if (++digits > 3 || octet > 255)
                    return false;
            }
            else
            {
                if (b != '.' || digits == 0 || ++dots > 3)
                    return false;
                address = (address << 8) | octet;
                octet = 0;
                digits = 0;
            }
        }

        address = (address << 8) | octet;
        return dots == 3 && digits > 0;
    }

    private bool InV4(uint address)
    {
        foreach (var (first, last) in _v4)
            if (address >= first && address <= last)
                return true;
        return false;
    }

    private bool InV6(ReadOnlySpan<byte> text)
    {
        if (text.Length > 64 || !IPAddress.TryParse(Encoding.ASCII.GetString(text), out var address))
            return false;
        foreach (var network in _v6)
            if (network.Contains(address))
                return true;
        return false;
    }
}
