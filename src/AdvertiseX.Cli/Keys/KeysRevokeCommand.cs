using System.CommandLine;
using AdvertiseX.Server.Access;

namespace AdvertiseX.Cli.Keys;

/// <summary><c>adx keys revoke ID</c>.</summary>
internal static class KeysRevokeCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = new Argument<string>("ID")
        {
            Description = "Id of the key, as adx keys list shows it: the 16 digits between adx_ and its secret",
        };
        var lake = SharedOptions.Lake(terminal);
        var json = SharedOptions.Json();
        var command = new AdxCommand("revoke", "Revoke a key for good.")
        {
            Examples =
            [
                (
                    "adx keys revoke 0123456789abcdef",
                    "no adx serve on ./lake takes it any more within keys.read_seconds"
                ),
            ],
        }.With(id, lake, json);
        command.Runs(
            async (parsed, settings, cancellation) =>
            {
                var given = parsed.GetValue(id)!;
                if (!KeyText.IsId(given))
                    throw new UsageException(
                        $"ID is not an id of a key; allowed: {KeyText.IdLength} hexadecimal digits, as adx keys list shows them"
                    );
                using var open = await settings.OpenLakeAsync(terminal, cancellation);
                var key =
                    await new KeyStore(open.Store, terminal.Clock).RevokeAsync(given, cancellation)
                    ?? throw new UsageException($"no key has the id {given}; adx keys list shows those that are there");
                if (parsed.GetValue(json))
                    terminal.WriteJson(new { key.Id, key.Name });
                else
                    terminal.Text.WriteLine(
                        $"{key.Id}: revoked ({key.Name}); a server takes it for {settings.Access.Interval.TotalSeconds:0} s at most"
                    );
                return ExitCode.Done;
            }
        );
        return command;
    }
}
