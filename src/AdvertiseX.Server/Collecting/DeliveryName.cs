using System.Security.Cryptography;
using System.Text;
using AdvertiseX.Spool;

namespace AdvertiseX.Server.Collecting;

/// <summary>What the spool calls a delivery: its sender's name for it, behind that of the sender, so that two senders
/// never mean one delivery. Keys of one name are one sender.</summary>
internal static class DeliveryName
{
    /// <param name="sender">The sender; null if it has no name.</param>
    /// <param name="key">The sender's name for the delivery.</param>
    public static string Of(string? sender, string key)
    {
        if (sender is null)
            return key;
        var name = $"{sender} {key}";
        return Encoding.UTF8.GetByteCount(name) <= Delivery.MaxKeyBytes
            ? name
            : $"{sender} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}";
    }
}
