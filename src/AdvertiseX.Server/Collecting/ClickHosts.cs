namespace AdvertiseX.Server.Collecting;

/// <summary>Where clicks may lead. Thread-safe.</summary>
internal sealed class ClickHosts
{
    private const string Key = "collector.click_hosts";
    private const string Below = "*.";

    private readonly HashSet<string> _hosts = new(StringComparer.Ordinal);
    private readonly List<string> _domains = [];

    /// <param name="text">Hosts, divided by commas; *.DOMAIN for all below it; HOST:PORT for another port than the
    /// usual one.</param>
    /// <exception cref="BadSettingException">One of them is not a host.</exception>
    public ClickHosts(string text)
    {
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var host = entry.ToLowerInvariant();
            var isDomain = host.StartsWith(Below, StringComparison.Ordinal);
            if (!ClickTarget.IsAuthority(isDomain ? host[Below.Length..] : host))
                throw new BadSettingException(
                    $"{Key} is \"{text}\"; allowed: hosts such as shop.example, *.shop.example or shop.example:8443, divided by commas; not {entry}"
                );
            if (isDomain)
                _domains.Add(host[1..]);
            else
                _hosts.Add(host);
        }
    }

    /// <summary>Whether clicks may lead anywhere at all.</summary>
    public bool HasAny => _hosts.Count + _domains.Count > 0;

    /// <summary>Whether clicks may lead to a host.</summary>
    /// <param name="authority">The host in lower case, with its port if that is not the usual one.</param>
    public bool Allow(string authority) =>
        _hosts.Contains(authority)
        || _domains.Exists(domain =>
            authority.Length > domain.Length && authority.EndsWith(domain, StringComparison.Ordinal)
        );
}
