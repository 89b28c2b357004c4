namespace AdvertiseX.Generation;

/// <summary>An impression as one line of JSON, in the shape that the site's ad server has.</summary>
internal sealed class ImpressionFormat(Catalogue catalogue)
{
    public void Append(Utf8Buffer buffer, in ImpressionFact fact, DirtKind dirt)
    {
        ref readonly var site = ref catalogue.Sites[fact.Site];
        var flat = site.Shape == RecordShape.Flat;
        buffer.Append("{\"impression_id\":\""u8);
        buffer.AppendId((byte)'i', fact.Id);
        buffer.Append((byte)'"');
        AppendTime(buffer, fact, flat, dirt);
        AppendCreative(buffer, fact, flat);
        AppendUser(buffer, fact.User, flat);
        buffer.Append(",\"auction_id\":\""u8);
        buffer.AppendId((byte)'a', fact.Auction);
        buffer.Append("\",\"placement_id\":\"p"u8);
        buffer.AppendNumber(fact.Site * 4 + fact.Placement);
        buffer.Append(flat ? "\",\"page_url\":\""u8 : "\",\"website\":\""u8);
        buffer.Append(site.JsonUrlPrefix);
        buffer.AppendNumber(fact.Page);
        buffer.Append((byte)'"');
        AppendSurroundings(buffer, fact, site.Shape);
        AppendCost(buffer, fact, dirt);
        AppendView(buffer, fact);
        buffer.Append("}\n"u8);
    }

    private static void AppendTime(Utf8Buffer buffer, in ImpressionFact fact, bool flat, DirtKind dirt)
    {
        switch (dirt)
        {
            case DirtKind.MissingField:
                if (fact.Id % 2 == 0)
                    buffer.Append(",\"timestamp\":null"u8);
                return;
            case DirtKind.BadTime:
                buffer.Append(
                    fact.Id % 2 == 0 ? ",\"timestamp\":\"2024-13-45T25:61:00Z\""u8 : ",\"timestamp\":\"yesterday\""u8
                );
                return;
            case DirtKind.Future:
                buffer.Append(",\"timestamp\":\"2099-01-01T00:00:00.000000Z\""u8);
                return;
            default:
                break;
        }

        if (flat)
        {
            buffer.Append(",\"ts\":"u8);
            buffer.AppendNumber(fact.TimeMicros);
            return;
        }

        buffer.Append(",\"timestamp\":\""u8);
        buffer.AppendTime(fact.TimeMicros, 6);
        buffer.Append((byte)'"');
    }

    private void AppendCreative(Utf8Buffer buffer, in ImpressionFact fact, bool flat)
    {
        ref readonly var creative = ref catalogue.Creatives[fact.Creative];
        if (!flat && !fact.OmitsCampaign)
        {
            buffer.Append(creative.JsonFields);
            return;
        }

        buffer.Append(flat ? ",\"ad_id\":\""u8 : ",\"ad_creative_id\":\""u8);
        buffer.Append(creative.Id);
        if (!fact.OmitsCampaign)
        {
            buffer.Append("\",\"ad_campaign_id\":\""u8);
            buffer.Append(catalogue.Campaigns[fact.Campaign].Id);
        }

        buffer.Append((byte)'"');
    }

    private void AppendUser(Utf8Buffer buffer, int user, bool flat)
    {
        if (user == Catalogue.NoUser)
        {
            if (!flat)
                buffer.Append(",\"user_id\":null"u8);
            return;
        }

        buffer.Append(flat ? ",\"uid\":\"u"u8 : ",\"user_id\":\"u"u8);
        buffer.AppendHex(catalogue.UserNumber(user), 8);
        buffer.Append((byte)'"');
    }

    private void AppendSurroundings(Utf8Buffer buffer, in ImpressionFact fact, RecordShape shape)
    {
        var device = catalogue.DeviceOf(fact.Profile);
        var place = catalogue.PlaceOf(fact.Profile);
        if (shape == RecordShape.Flat)
        {
            buffer.Append(device.FlatJson);
            buffer.Append(",\"country\":\""u8);
            buffer.Append(place.Country);
            buffer.Append((byte)'"');
        }
        else
        {
            if (shape == RecordShape.NestedDevice)
                buffer.Append(device.NestedJson);
            buffer.Append(place.Json);
        }

        buffer.Append(",\"ip\":\""u8);
        catalogue.AppendAddress(buffer, fact.Profile, fact.Bot);
        buffer.Append((byte)'"');
        if (shape != RecordShape.UserAgent && fact.Bot != BotKind.DeclaredAgent)
            return;
        buffer.Append(",\"user_agent\":\""u8);
        buffer.Append(catalogue.UserAgentOf(fact.Profile, fact.Bot));
        buffer.Append((byte)'"');
    }

    private void AppendCost(Utf8Buffer buffer, in ImpressionFact fact, DirtKind dirt)
    {
        if (dirt == DirtKind.BadType)
        {
            buffer.Append(",\"cost\":\"twelve\""u8);
        }
        else if (dirt == DirtKind.OutOfRange)
        {
            buffer.Append(",\"cost\":-0.0125"u8);
        }
        else if (fact.CostMicros >= 0)
        {
            buffer.Append(",\"cost\":"u8);
            buffer.AppendMicros(fact.CostMicros);
        }

        if (fact.OmitsCurrency)
            return;
        buffer.Append(",\"currency\":\""u8);
        buffer.Append(catalogue.Campaigns[fact.Campaign].Currency);
        buffer.Append((byte)'"');
    }

    private static void AppendView(Utf8Buffer buffer, in ImpressionFact fact)
    {
        if (!fact.Measurable)
        {
            buffer.Append(",\"measurable\":false"u8);
            return;
        }

        if (fact.ViewMilliseconds < 0)
        {
            buffer.Append(",\"viewable\":false,\"measurable\":true"u8);
            return;
        }

        buffer.Append(",\"viewable\":true,\"time_in_view_ms\":"u8);
        buffer.AppendNumber(fact.ViewMilliseconds);
    }
}
