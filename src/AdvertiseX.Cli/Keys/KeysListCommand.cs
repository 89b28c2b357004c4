using System.CommandLine;
using System.Globalization;
using AdvertiseX.Cli.Text;
using AdvertiseX.Server.Access;

namespace AdvertiseX.Cli.Keys;

/// <summary><c>adx keys list</c>.</summary>
internal static class KeysListCommand
{
    public static Command Create(Terminal terminal)
    {
        var lake = SharedOptions.Lake(terminal);
        var json = SharedOptions.Json("Print one JSON array");
        var command = new AdxCommand("list", "List the keys of a lake, without their secrets.")
        {
            Examples = [("adx keys list", "their ids, names, feeds and limits, and which are revoked")],
        }.With(lake, json);
        command.Runs(
            async (parsed, settings, cancellation) =>
            {
                using var open = await settings.OpenLakeAsync(terminal, cancellation);
                var keys = (
                    await new KeyStore(open.Store, terminal.Clock).ListAsync(
                        new Dictionary<string, CollectorKey>(),
                        cancellation
                    )
                ).OrderBy(each => each.Key.Created);
                if (parsed.GetValue(json))
                    terminal.WriteJson(
                        keys.Select(each => new
                        {
                            each.Key.Id,
                            each.Key.Name,
                            Feeds = ShownKey.FeedsOf(each.Key),
                            each.Key.RequestsPerSecond,
                            each.Key.Created,
                            each.IsRevoked,
                        })
                    );
                else
                    Print(keys, terminal.Text);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static void Print(IEnumerable<KeptKey> keys, TextWriter output)
    {
        var text = new TextTable("id", "name", "feeds", "requests/s", "made", "revoked");
        foreach (var (key, isRevoked) in keys)
            text.Add(
                key.Id,
                key.Name,
                string.Join(", ", ShownKey.FeedsOf(key)),
                key.RequestsPerSecond?.ToString("0.###", CultureInfo.InvariantCulture) ?? "",
                key.Created.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                isRevoked ? "yes" : ""
            );
        text.Write(output);
    }
}
