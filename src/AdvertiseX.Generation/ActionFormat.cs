namespace AdvertiseX.Generation;

/// <summary>Clicks and conversions as rows of CSV (RFC 4180).</summary>
internal sealed class ActionFormat(Catalogue catalogue)
{
    public static ReadOnlySpan<byte> Header =>
        (
            "event_timestamp,event_id,user_id,ad_campaign_id,conversion_type,creative_id,impression_id,click_id,order_id,"u8
            + "revenue,cost,currency,page_url,ip,user_agent,product\n"u8
        );

    private static ReadOnlySpan<byte> ConversionName(ConversionKind kind) =>
        kind switch
        {
            ConversionKind.Purchase => "purchase"u8,
            ConversionKind.Signup => "signup"u8,
            ConversionKind.Lead => "lead"u8,
            ConversionKind.AddToCart => "add_to_cart"u8,
            _ => "refund"u8,
        };

    public void Append(Utf8Buffer buffer, in ActionFact fact, DirtKind dirt)
    {
        AppendTime(buffer, fact, dirt);
        buffer.Append((byte)',');
        buffer.AppendId(fact.IsClick ? (byte)'c' : (byte)'v', fact.Id);
        buffer.Append((byte)',');
        if (fact.User != Catalogue.NoUser)
        {
            buffer.Append((byte)'u');
            buffer.AppendHex(catalogue.UserNumber(fact.User), 8);
        }

        buffer.Append((byte)',');
        buffer.Append(catalogue.Campaigns[fact.Campaign].Id);
        buffer.Append((byte)',');
        AppendKind(buffer, fact, dirt);
        // A row that ends too early, or below one that goes on too long.
        if (dirt == DirtKind.Broken && fact.Id % 2 == 0)
        {
            buffer.Append((byte)'\n');
            return;
        }

        AppendLinks(buffer, fact);
        AppendMoney(buffer, fact, dirt);
        AppendContext(buffer, fact);
        buffer.Append(dirt == DirtKind.Broken ? ",surplus,7\n"u8 : "\n"u8);
    }

    private static void AppendTime(Utf8Buffer buffer, in ActionFact fact, DirtKind dirt)
    {
        switch (dirt)
        {
            case DirtKind.MissingField:
                break;
            case DirtKind.BadTime:
                buffer.Append(fact.Id % 2 == 0 ? "2024-02-30T12:00:00Z"u8 : "noon"u8);
                break;
            case DirtKind.Future:
                buffer.Append("2099-01-01T00:00:00.000Z"u8);
                break;
            default:
                buffer.AppendTime(fact.TimeMicros, 3);
                break;
        }
    }

    private static void AppendKind(Utf8Buffer buffer, in ActionFact fact, DirtKind dirt)
    {
        if (dirt == DirtKind.UnknownKind)
        {
            buffer.Append(
                (fact.Id % 5) switch
                {
                    0 => "impression"u8,
                    1 => "none"u8,
                    2 => "view"u8,
                    3 => "0"u8,
                    _ => ""u8,
                }
            );
        }
        else if (!fact.IsClick)
        {
            buffer.Append(ConversionName(fact.Conversion));
        }
        else
        {
            buffer.Append(
                (fact.Id % 20) switch
                {
                    0 => "Click"u8,
                    1 or 2 => "click_ad"u8,
                    _ => "click"u8,
                }
            );
        }
    }

    private void AppendLinks(Utf8Buffer buffer, in ActionFact fact)
    {
        buffer.Append((byte)',');
        if (fact.Creative >= 0)
            buffer.Append(catalogue.Creatives[fact.Creative].Id);
        buffer.Append((byte)',');
        if (fact.ImpressionId != 0)
            buffer.AppendId((byte)'i', fact.ImpressionId);
        buffer.Append((byte)',');
        if (fact.ClickId != 0)
            buffer.AppendId((byte)'c', fact.ClickId);
        buffer.Append((byte)',');
        if (fact.Order != 0)
            buffer.AppendId((byte)'o', fact.Order);
    }

    private void AppendMoney(Utf8Buffer buffer, in ActionFact fact, DirtKind dirt)
    {
        buffer.Append((byte)',');
        if (dirt == DirtKind.BadType && !fact.IsClick)
            buffer.Append("twelve"u8);
        else if (fact.RevenueMicros is { } revenue)
            buffer.AppendMicros(revenue);
        buffer.Append((byte)',');
        if (dirt == DirtKind.BadType && fact.IsClick)
            buffer.Append("twelve"u8);
        else if (dirt == DirtKind.OutOfRange)
            buffer.Append("-0.25"u8);
        else if (fact.CostMicros >= 0)
            buffer.AppendMicros(fact.CostMicros);
        buffer.Append((byte)',');
        if (fact.CostMicros >= 0 || fact.RevenueMicros is not null)
            buffer.Append(
                catalogue.IsForeign(fact) ? Catalogue.ForeignCurrency : catalogue.Campaigns[fact.Campaign].Currency
            );
    }

    private void AppendContext(Utf8Buffer buffer, in ActionFact fact)
    {
        buffer.Append((byte)',');
        if (fact.IsClick)
        {
            var list = fact.Id % 16 == 0;
            buffer.Append(list ? "\""u8 : ""u8);
            buffer.Append(catalogue.Sites[fact.Site].UrlPrefix);
            buffer.Append(list ? "?ids=12,13\""u8 : ""u8);
        }

        buffer.Append((byte)',');
        if (fact.IsClick)
            catalogue.AppendAddress(buffer, fact.Profile, fact.Bot);
        buffer.Append((byte)',');
        if (fact.IsClick && fact.GivesUserAgent)
        {
            buffer.Append((byte)'"');
            buffer.Append(catalogue.UserAgentOf(fact.Profile, fact.Bot));
            buffer.Append((byte)'"');
        }

        buffer.Append((byte)',');
        if (fact.Order != 0)
            buffer.Append(fact.Order % 8 == 0 ? "\"Shoes \"\"Speedy\"\", red\""u8 : "Shoes"u8);
    }
}
